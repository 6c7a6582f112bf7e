"""What can end the demo."""


class DemoError(Exception):
    """The demo cannot go on; the message says what happened and what to do."""
