"""The evaluation report: every figure as JSON, and a page that people read."""
