"""Sandbox backends behind the one port."""
