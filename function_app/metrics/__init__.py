"""What an operator's Prometheus reads of the function: calls, decisions, drift."""

from function_app.metrics.metrics import SHARED_FOLDER, Metrics

__all__ = ["SHARED_FOLDER", "Metrics"]
