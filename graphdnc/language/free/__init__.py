"""Questions as people put them, in several languages: the words are data, the forms are tables."""
