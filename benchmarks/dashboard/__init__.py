"""The advisor's dashboard: switching clients, memory, many advisors at once."""
