"""Pictures: a page that shows an answer and the memory at work, and figures."""
