"""The clients that a model learned from, in counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scoring.errors import ArtefactError
from scoring.profile import Profile


@dataclass(frozen=True)
class Population:
    """What later clients are compared with.

    Attributes
    ----------
    clients : int
    score : Profile
        Of the probability of default, for clients whom the model had not seen.
    features : mapping of str to Profile
        Of each of the model's features, by name.
    """

    clients: int
    score: Profile
    features: Mapping[str, Profile]

    def to_dict(self) -> dict[str, Any]:
        """Return the document that ``from_dict`` reads."""
        return {
            "clients": self.clients,
            "score": self.score.to_dict(),
            "features": {
                name: profile.to_dict() for name, profile in self.features.items()
            },
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "Population":
        """Read a population.

        Raises
        ------
        ArtefactError
            If a part is absent, of another type, or contradicts itself.
        """
        try:
            return cls(
                clients=int(document["clients"]),
                score=Profile.from_dict(document["score"]),
                features={
                    name: Profile.from_dict(profile)
                    for name, profile in document["features"].items()
                },
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ArtefactError(
                f"The population cannot be read: {type(error).__name__} {error}."
            ) from error
