"""The exceptions of the scoring package."""


class ScoringError(Exception):
    """Base of everything that the scoring package raises on purpose."""


class ArtefactError(ScoringError):
    """A model folder is incomplete, altered, or not made for this program."""


class FeatureRowError(ScoringError):
    """A client's feature row lacks a column, or holds a value of the wrong kind."""


class LanguageError(ScoringError):
    """Reasons were asked for in a language that the model does not speak."""
