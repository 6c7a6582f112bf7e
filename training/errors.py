"""The exceptions of the training package."""


class TrainingError(Exception):
    """Base of everything that the training package raises on purpose."""


class FeatureTableError(TrainingError):
    """The feature table or its catalogue cannot be trained on."""


class EvaluationError(TrainingError):
    """A model's out-of-fold scores cannot be evaluated or calibrated."""


class RegistryError(TrainingError):
    """A model version cannot be found, read or promoted."""
