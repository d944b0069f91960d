"""Durable gradings: submissions in line, workers that grade them, and the sweep that misses none."""
