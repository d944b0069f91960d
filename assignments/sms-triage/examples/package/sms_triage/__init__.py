"""Ranking text messages by how likely they are spam."""
