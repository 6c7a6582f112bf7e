"""HTTP around the pages: the server, its doors and its papers."""
