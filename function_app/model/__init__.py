"""The model that is served."""
