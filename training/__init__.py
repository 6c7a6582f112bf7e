"""Feature table to artefact and evaluation report.

``python -m training run`` reads the marts, cross-validates, calibrates, chooses the
threshold by cost, and writes ``models/<version>/`` for the scoring package.
"""
