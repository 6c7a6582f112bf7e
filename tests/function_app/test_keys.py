from __future__ import annotations

import pytest
from pydantic import SecretStr

from function_app import load_settings
from function_app.errors import SettingsError, UnauthorizedError
from function_app.web.named_keys import parse_named_keys
from function_app.web.security import KeyRing
from tests.function_app.small_bank import environment

OLD, NEW, OTHER = "the-old-key-of-the-desk", "the-new-key==of-the-desk", "k" * 16
CHANGING = f"desk={OLD}\n desk={NEW} branch-7={OTHER}"


def test_while_a_caller_changes_its_key_both_are_its_own() -> None:
    keys = KeyRing(parse_named_keys(CHANGING))
    callers = [keys.caller_of(key).name for key in (OLD, NEW, OTHER)]
    assert callers == ["desk", "desk", "branch-7"]
    with pytest.raises(UnauthorizedError):
        KeyRing(parse_named_keys(f"desk={NEW}")).caller_of(OLD)


def test_each_key_is_compared_whichever_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[bytes] = []

    def counting(shown: bytes, digest: bytes) -> bool:
        compared.append(digest)
        return shown == digest

    monkeypatch.setattr("function_app.web.security.hmac.compare_digest", counting)
    KeyRing(parse_named_keys(CHANGING)).caller_of(OLD)
    assert len(set(compared)) == 3


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("no-name-and-no-equals", "entry 1 is not name=key"),
        (f"desk={OLD} ={NEW}", "entry 2 is not name=key"),
        (f"with/slash={OLD}", "entry 1 is not name=key"),
        ("desk=short", "entry 1 needs at least 16"),
        (f"desk={OLD} branch={OLD}", "same key"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_without_its_keys(
    keys: str, told: str
) -> None:
    with (
        environment(SCORING_API_KEY="", SCORING_API_KEYS=keys),
        pytest.raises(SettingsError, match=told) as refusal,
    ):
        load_settings()
    assert "SCORING_API_KEYS" in str(refusal.value)
    assert not [word for word in (OLD, NEW, "short") if word in str(refusal.value)]


def test_the_one_key_is_needed_only_where_there_is_no_list() -> None:
    with environment(SCORING_API_KEY="", SCORING_API_KEYS=f"desk={OLD}"):
        assert [key.name for key in load_settings().callers_keys] == ["desk"]
    with environment(SCORING_API_KEY=OTHER, SCORING_API_KEYS=f"desk={OLD}"):
        settings = load_settings()
    assert [key.name for key in settings.callers_keys] == ["default", "desk"]
    assert settings.callers_keys[0].secret == SecretStr(OTHER)
    assert OLD not in f"{settings!r} {settings.callers_keys}"


@pytest.mark.parametrize("name", ["SCORING_API_KEY", "SCORING_METRICS_KEY"])
def test_one_key_cannot_be_two_callers(name: str) -> None:
    listed = {"SCORING_API_KEYS": f"desk={OLD}", "SCORING_API_KEY": ""}
    with (
        environment(**(listed | {name: OLD})),
        pytest.raises(SettingsError, match=f"{name}: the same key"),
    ):
        load_settings()
