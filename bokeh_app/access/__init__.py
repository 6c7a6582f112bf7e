"""Who may use the dashboard: users, passwords, sign-ins, and what they saw."""
