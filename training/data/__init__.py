"""What training reads: the feature table and what its columns are."""
