"""Candidates under one protocol: what else could have been trained, and how good it is.

Every candidate is cross-validated on the same folds of the same clients, with several
seeds, and judged with and without recalibration; plain LightGBM is the reference of
the paired differences.
"""
