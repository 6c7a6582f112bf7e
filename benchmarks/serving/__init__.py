"""The scoring function against its limit and its peers, all in one run."""
