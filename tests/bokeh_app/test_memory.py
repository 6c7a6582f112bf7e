import pytest

from bokeh_app.sources.memory import TimedMemory


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_answer_is_made_once_while_it_is_current() -> None:
    clock, made = Clock(), []
    memory: TimedMemory[int] = TimedMemory(10, 5, clock)
    for _ in range(3):
        memory.get("a", lambda: made.append(1) or len(made))
    clock.now = 10
    assert memory.get("a", lambda: made.append(1) or len(made)) == 2


def test_the_least_recently_used_answer_goes_first() -> None:
    memory: TimedMemory[str] = TimedMemory(10, 2, Clock())
    for key in ("a", "b", "a", "c"):
        memory.get(key, lambda: "old")
    assert memory.get("a", lambda: "new") == "old"
    assert memory.get("b", lambda: "new") == "new"


def test_a_failure_is_not_remembered() -> None:
    memory: TimedMemory[int] = TimedMemory(10, 2, Clock())
    with pytest.raises(ZeroDivisionError):
        memory.get("a", lambda: 1 // 0)
    assert memory.get("a", lambda: 7) == 7
