"""The exceptions of the training package."""


class TrainingError(Exception):
    """Base of everything that the training package raises on purpose."""


class FeatureTableError(TrainingError):
    """The feature table or its catalogue cannot be trained on."""


class ParametersError(TrainingError):
    """A file of parameters cannot be read, or a learner does not take them."""


class EvaluationError(TrainingError):
    """A model's out-of-fold scores cannot be evaluated or calibrated."""


class SearchError(TrainingError):
    """A search, or a recipe that one found, cannot be followed."""


class RegistryError(TrainingError):
    """A model version cannot be found, read or promoted."""


class ComparisonError(TrainingError):
    """Two versions cannot be compared on common clients."""


class OtherClientsError(ComparisonError):
    """Two versions were trained on different clients."""


class ExportError(TrainingError):
    """A version cannot be written in another program's form."""
