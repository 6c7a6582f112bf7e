"""Connections to the warehouse, and what is read of it."""
