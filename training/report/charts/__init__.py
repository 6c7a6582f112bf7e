"""The report's charts: one module per section, its charts by name in ``CHARTS``."""
