from bokeh_app.queries.catalogue import Catalogue
from bokeh_app.texts import read_texts
from bokeh_app.views.variables import FOUND_LIMIT, find_variables, plain

FRENCH = read_texts("fr")


def test_words_are_found_without_their_accents_and_in_any_order(
    catalogue: Catalogue,
) -> None:
    offered = list(catalogue.variables.values())
    found = find_variables(FRENCH, offered, "declare REVENU", (), "fr")
    labels = [label for options in found.groups.values() for _, label in options]
    assert "Revenu déclaré" in labels
    wanted = [one for one in offered if one.name == "application_income_amount"]
    assert wanted[0].theme_label_fr in found.groups
    assert all(
        "revenu" in plain(f"{theme} {label}")
        for theme, options in found.groups.items()
        for _, label in options
    )


def test_the_variables_that_reasons_cite_come_first_until_a_word_is_typed(
    catalogue: Catalogue,
) -> None:
    offered = list(catalogue.variables.values())
    cited = ("application_income_amount", "of_another_model")
    whole = find_variables(FRENCH, offered, "", cited, "fr")
    first, options = next(iter(whole.groups.items()))
    assert first == FRENCH("comparison.cited")
    assert [name for name, _ in options] == ["application_income_amount"]
    names = [name for options in whole.groups.values() for name, _ in options]
    assert len(names) == len(set(names)) <= FOUND_LIMIT + 1
    assert whole.note
    typed = find_variables(FRENCH, offered, "revenu", cited, "fr")
    assert FRENCH("comparison.cited") not in typed.groups


def test_a_word_that_no_variable_has_is_told(catalogue: Catalogue) -> None:
    found = find_variables(
        FRENCH, list(catalogue.variables.values()), "xylophone", (), "fr"
    )
    assert not found.groups
    assert found.note == FRENCH("population.none_found")
