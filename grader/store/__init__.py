"""What the service keeps: a database of who handed in what and what came of it, and a place for blobs."""
