"""The parts of the page: each asks for its region and shows the reply."""
