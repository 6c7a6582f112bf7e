"""How good a model is: for the bank's money, for its rules, for its clients.

All figures come from out-of-fold scores: no client is judged by a model, or a number
of trees, that their own outcome helped to choose, nor by a calibration line fitted to
it. That line is fitted to the other folds' scores, though, whose models have seen the
client: two numbers for thousands of clients, which a second cross-validation inside
each fold would hardly move.
"""
