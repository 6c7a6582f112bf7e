"""What can go wrong between the backlog and the board."""


class BoardError(Exception):
    """The message says what, where and what to do."""
