"""Built-in rubric plugins, one dimension a file."""
