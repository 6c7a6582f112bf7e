import csv
import re
from pathlib import Path
from string import Formatter

import pytest

import bokeh_app
from bokeh_app.texts import LANGUAGES, Texts, as_language, read_texts

PACKAGE = Path(bokeh_app.__file__).parent
IN_PYTHON = re.compile(
    r"""(?:texts|plural|counted)\((?:(?:self\.)?texts, )?\s*"""
    r""""([a-z_]+(?:\.[a-z0-9_]+)+)\""""
)
IN_TEMPLATES = re.compile(r"""\bt\('([a-z_]+(?:\.[a-z0-9_]+)+)'[,)]""")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def keys_named_in_the_code() -> set[str]:
    sources = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    return {*IN_PYTHON.findall(text), *IN_TEMPLATES.findall(text)}


def test_both_languages_have_the_same_keys() -> None:
    french, english = (read_texts(language).entries for language in LANGUAGES)
    assert french.keys() == english.keys()


def test_both_languages_fill_in_the_same_values() -> None:
    french, english = (read_texts(language).entries for language in LANGUAGES)
    differing = {key for key in french if fields(french[key]) != fields(english[key])}
    assert differing == set()


def test_no_text_is_empty() -> None:
    for language in LANGUAGES:
        assert all(text.strip() for text in read_texts(language).entries.values())


def test_what_people_read_is_set_as_print_sets_it(root: Path) -> None:
    texts = [text for name in LANGUAGES for text in read_texts(name).entries.values()]
    for seed in (root / "dbt_project/seeds").glob("*/*.csv"):
        for row in csv.DictReader(seed.read_text("utf-8").splitlines()):
            texts += [text for name, text in row.items() if "label_fr" in name]
    faults = re.compile(r"\w'\w|\d \d{3}\b")  # straight marks, thousands that break
    assert [text for text in texts if faults.search(text)] == []


def test_every_key_named_in_the_code_has_a_text() -> None:
    entries = read_texts("fr").entries
    named = keys_named_in_the_code()
    assert len(named) > 100
    unknown = {
        key for key in named if key not in entries and f"{key}.other" not in entries
    }
    assert unknown == set()


def test_french_takes_the_singular_for_zero_and_english_does_not() -> None:
    french = Texts("fr", {"x.one": "{count} client", "x.other": "{count} clients"})
    english = Texts("en", {"x.one": "{count} client", "x.other": "{count} clients"})
    assert french.plural("x", 0) == "0 client"
    assert english.plural("x", 0) == "0 clients"
    assert french.plural("x", 2) == "2 clients"
    assert english.plural("x", 1) == "1 client"


@pytest.mark.parametrize("text", [None, "", "de", "FR", "<script>"])
def test_french_is_spoken_unless_english_is_asked_for(text: str | None) -> None:
    assert as_language(text) == "fr"


def test_english_is_spoken_when_asked_for() -> None:
    assert as_language("en") == "en"
