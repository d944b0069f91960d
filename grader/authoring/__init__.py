"""What authors need: an assignment scaffolded from a table, proven sound, and drawn again."""
