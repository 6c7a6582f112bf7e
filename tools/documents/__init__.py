"""The methodology note and the slides, filled from a training report."""
