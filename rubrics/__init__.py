"""Built-in rubric plugins: a dimension is a file, or several whose names begin with its id."""
