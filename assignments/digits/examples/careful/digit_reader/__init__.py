"""Reads handwritten digits from forms, and says when a person should."""
