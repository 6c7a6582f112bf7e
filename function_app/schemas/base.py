"""What the documents of several calls have in common."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

# Above it, readers of JSON that keep numbers as doubles would change the number.
MAX_CLIENT_ID = 2**53 - 1

Probability = Annotated[float, Field(ge=0, le=1)]
DefaultProbability = Annotated[
    Probability, Field(description="Calibrated probability of default.")
]
Threshold = Annotated[
    Probability,
    Field(description="Probability at which granting and refusing cost the same."),
]
Points = Annotated[
    int,
    Field(
        description="Score: 600 at the threshold; 40 more double the odds of being "
        "repaid."
    ),
]
Rating = Annotated[str, Field(description="Rating class from A, the safest, to E.")]
DecisionKind = Annotated[
    Literal["grant", "review", "refuse"],
    Field(description="`review` asks for a person's own decision."),
]


def _digits(value: object) -> object:
    # int() would also take " 7", "1_000" and "7.0": one client has one address.
    if isinstance(value, str) and not value.removeprefix("-").isdecimal():
        raise PydanticCustomError("client_id", "must be a whole number")
    if isinstance(value, str) and not value.isascii():
        raise PydanticCustomError("client_id", "must be written in digits 0 to 9")
    return value


ClientId = Annotated[int, Field(ge=1, le=MAX_CLIENT_ID), BeforeValidator(_digits)]


class Language(StrEnum):
    """Languages of labels and reasons."""

    FRENCH = "fr"
    ENGLISH = "en"


class Answer(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())
