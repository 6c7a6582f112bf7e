"""What can go wrong while documents are made."""


class DocumentsError(Exception):
    """A document cannot be made; the message says why and what to do."""


class MissingFigureError(DocumentsError):
    """A document names a figure that the report lacks."""
