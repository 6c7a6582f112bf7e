"""How a model is judged: folds, repeats, pairs and the held-out part."""
