"""Stories with questions from files that others publish."""
