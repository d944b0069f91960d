"""Churn probabilities for the retention team."""
