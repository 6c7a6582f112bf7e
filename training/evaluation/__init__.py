"""How good a model is: for the bank's money, for its rules, for its clients.

All figures come from out-of-fold scores: no client is judged by a model, or a number
of trees, that their own outcome helped to choose, nor by a calibration line fitted to
it. A run fits that line inside each fold's training part (``nested_calibration``).
Comparisons of models or of calibrations, where some have no such inner scores, fit it
to the other folds' scores on every side: the models of those have seen the client, in
two numbers for thousands of clients, and a model's cost differs a little there from its
cost in the run.
"""
