"""The calls: what each takes, answers and may refuse."""
