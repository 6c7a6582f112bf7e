"""Whether the clients who are decided on are still those that the model learned from.

The inputs and scores of logged decisions are compared with the training population
that the artefact keeps in counts.
"""

from function_app.drift.period import Period
from function_app.drift.report import DriftReport
from function_app.drift.run import compared, reported

__all__ = ["DriftReport", "Period", "compared", "reported"]
