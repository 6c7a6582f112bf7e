"""One open page: its desk, its mailboxes to the browser, and its end."""
