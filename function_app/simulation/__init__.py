"""Other requests than the one that was made, and honest advice."""
