"""What can go wrong while loading or generating; every message says what to do."""


class IngestionError(Exception):
    """Root of this package's errors; its text is fit for the person at the terminal."""


class SourceError(IngestionError):
    """The zip, folder or file cannot be found, read or trusted."""


class HeaderError(IngestionError):
    """The columns of at least one file are not the published ones."""


class LandingTableError(IngestionError):
    """A landing table is in the way: other columns, another session, no permission."""


class CopyError(IngestionError):
    """The server refused a file's rows; nothing of that file was kept."""


class SampleError(IngestionError):
    """The sample cannot be generated as asked or written where asked."""
