"""Facts about a submission and what its run left behind."""
