"""What trained networks do with their memory: the paper's analyses, each with a table and a figure."""
