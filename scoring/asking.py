"""Questions that reasons ask of the score, answered for many clients at once.

Whether a sentence is true shows in the score of the client with other values in their
place. Each client's reasons are written by a generator that yields its questions;
those that are waiting at the same time are scored in one call, since a call of the
trees costs as much as several of its rows.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Question:
    """How many points a client would lose with usual values, one place at a time.

    Attributes
    ----------
    themes, features : ndarray of int
        Which of them are replaced, each by itself; at least one of both.
    """

    themes: NDArray[np.intp]
    features: NDArray[np.intp]

    @property
    def size(self) -> int:
        """How many places there are."""
        return int(self.themes.size + self.features.size)


Result = TypeVar("Result")

Answer = NDArray[np.float64]
"""Points that the client would lose (negative: win): per theme, then per feature."""

Asking = Generator[Question, Answer, Result]
"""Yields questions, is sent their answers, and returns what it was asking for."""


def answered_together(
    askers: Sequence[Asking[Result]],
    answer: Callable[[Mapping[int, Question]], Mapping[int, Answer]],
) -> list[Result]:
    """Run all askers to their end, answering at once what they ask at once.

    Parameters
    ----------
    askers : sequence of generator
    answer : callable
        Given questions by the place of who asks, returns their answers alike.

    Returns
    -------
    list
        What each asker returned, in their order.
    """
    results: dict[int, Result] = {}
    answers: Mapping[int, Answer | None] = dict.fromkeys(range(len(askers)))
    while answers:
        questions: dict[int, Question] = {}
        for place, said in answers.items():
            try:
                # None starts a generator.
                questions[place] = askers[place].send(said)  # type: ignore[arg-type]
            except StopIteration as finished:
                results[place] = finished.value
        answers = answer(questions) if questions else {}
    return [results[place] for place in range(len(askers))]
