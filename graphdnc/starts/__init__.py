"""First weights that say what each read head looks for, for networks of the *programmed* rung."""
