"""What ``--show`` and ``--trace`` make of an answer: pages, pictures, arrays, JSON lines and heat maps."""
