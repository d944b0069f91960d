"""A spam filter of readable rules."""
