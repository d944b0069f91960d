"""Batches of planned flights in, probabilities of being late out."""
