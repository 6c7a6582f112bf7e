"""What the dashboard asks: the marts, and the scoring function over HTTP."""
