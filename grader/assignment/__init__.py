"""Assignment folders: read, validated, and their hidden data dealt out."""
