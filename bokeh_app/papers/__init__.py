"""Papers about one decision: the letter to the client, the summary for the file."""
