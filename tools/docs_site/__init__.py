"""The documents of the warehouse: diagrams, data dictionary and their index."""
