"""How good a model is: for the bank's money, for its rules, for its clients.

All figures come from out-of-fold scores: no client is judged by a model, a calibrator
or a number of trees that their own outcome helped to choose.
"""
