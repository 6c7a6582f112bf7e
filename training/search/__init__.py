"""Hyperparameters by Hyperopt's tree-structured Parzen estimators."""
