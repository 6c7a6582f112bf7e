"""Processes, sockets and their graceful end."""
