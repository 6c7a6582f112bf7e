"""Signing in and out, and pages that end, as a person meets them."""

import re

import pytest
from playwright.sync_api import Page, expect

from bokeh_app.access.users import open_users
from database import connect
from tests.browser.advisor import Advisor, sign_in
from tests.browser.conftest import Dashboard
from tests.conftest import Person, ScoringApi, add_person


@pytest.mark.parametrize(
    ("lang", "title", "button", "refusal"),
    [
        ("fr", "Connexion", "Se connecter", "ou le mot de passe"),
        ("en", "Sign in", "Sign in", "or the password"),
    ],
)
def test_who_signs_in_by_keyboard_returns_to_the_client(
    stranger: Page,
    dashboard_url: str,
    an_advisor: Person,
    clients: list[int],
    lang: str,
    title: str,
    button: str,
    refusal: str,
) -> None:
    wanted = f"{dashboard_url}?client={clients[0]}&lang={lang}"
    stranger.goto(wanted)
    expect(stranger.get_by_role("heading", level=1)).to_have_text(title)
    expect(stranger.locator("body")).not_to_contain_text(str(clients[0]))
    keyboard = stranger.keyboard
    for text in (an_advisor.login, "Tab", "not the password", "Enter"):
        keyboard.press(text) if text in ("Tab", "Enter") else keyboard.type(text)
    expect(stranger.get_by_role("alert")).to_contain_text(refusal)
    expect(stranger.locator("#password")).to_be_focused()
    keyboard.type(an_advisor.password)
    keyboard.press("Tab")
    expect(stranger.get_by_role("button", name=button)).to_be_focused()
    keyboard.press("Enter")
    expect(stranger).to_have_url(wanted)
    expect(stranger.locator(".person__name")).to_have_text(an_advisor.name)


def test_markup_in_a_persons_name_is_text_on_their_page(
    stranger: Page, dashboard_url: str, clients: list[int]
) -> None:
    person = add_person("zoe", '<i>Zoé</i> & "fils"')
    stranger.goto(f"{dashboard_url}?client={clients[0]}&lang=en")
    sign_in(stranger, person)
    expect(stranger.locator(".person__name")).to_have_text(person.name)
    expect(stranger.locator("i")).to_have_count(0)


def test_the_page_to_sign_in_speaks_both_languages(
    stranger: Page, dashboard_url: str
) -> None:
    stranger.goto(f"{dashboard_url}?client=100002&lang=fr")
    stranger.get_by_role("link", name="English").click()
    expect(stranger.locator("html")).to_have_attribute("lang", "en")
    expect(stranger.locator("[name=next]")).to_have_value(
        re.compile(r"\?client=100002&lang=en$")
    )


def test_who_signs_out_leaves_nothing_behind(
    stranger: Page, dashboard_url: str, an_advisor: Person, clients: list[int]
) -> None:
    stranger.goto(f"{dashboard_url}?client={clients[0]}&lang=en")
    sign_in(stranger, an_advisor)
    advisor = Advisor(stranger, dashboard_url)
    advisor.settle()
    other = Advisor(stranger.context.new_page(), dashboard_url)
    other.visit(clients[1], "en")
    stranger.get_by_role("button", name="Sign out").click()
    expect(stranger.get_by_role("heading", name="Sign in")).to_be_visible()
    stranger.go_back()
    expect(stranger.get_by_role("heading", name="Sign in")).to_be_visible()
    # An open page looks every five seconds whether its sign-in still holds.
    cleared = other.page.get_by_role("heading", name="Sign in")
    expect(cleared).to_be_visible(timeout=20_000)


def test_who_is_kept_out_sees_no_client_any_more(
    stranger: Page, dashboard_url: str, clients: list[int]
) -> None:
    person = add_person(f"leaver.{clients[0]}", "Lena Vidal")
    stranger.goto(f"{dashboard_url}?client={clients[0]}&lang=fr")
    sign_in(stranger, person)
    Advisor(stranger, dashboard_url).settle()
    with open_users() as users:
        users.disable(person.login)
    expect(stranger.get_by_role("heading", name="Connexion")).to_be_visible()
    expect(stranger.locator("body")).not_to_contain_text(str(clients[0]))


def test_who_does_nothing_is_warned_may_stay_and_is_signed_out(
    stranger: Page,
    dashboard: Dashboard,
    an_advisor: Person,
    clients: list[int],
    scoring_api: ScoringApi,
) -> None:
    settings = {"SCORING_URL": scoring_api.base_url, "SCORING_API_KEY": scoring_api.key}
    with dashboard(DASHBOARD_IDLE_MINUTES="0.15", **settings) as url:
        stranger.goto(f"{url}?client={clients[0]}")
        sign_in(stranger, an_advisor)
        warning = stranger.get_by_role("alert").filter(has_text="vous serez déconnecté")
        expect(warning).to_be_visible(timeout=30_000)
        expect(stranger.locator("#announcement")).to_contain_text("déconnecté")
        stranger.get_by_role("button", name="Rester connecté").click()
        expect(warning).to_be_hidden()
        title = stranger.get_by_role("heading", name="Connexion")
        expect(title).to_be_visible(timeout=30_000)


def test_whoever_sees_a_client_is_written_down(
    advisor: Advisor, an_advisor: Person, clients: list[int]
) -> None:
    before = views_of(an_advisor)
    advisor.visit(clients[0])
    advisor.open(clients[1])
    advisor.type_number("999999998")
    expect(advisor.see("find-message")).to_contain_text("999999998")
    seen = views_of(an_advisor)[len(before) :]
    assert seen == [("opened", clients[0]), ("opened", clients[1])]
    advisor.see("filters").locator("summary").click()
    advisor.see("filter-contract_type").select_option("Cash loans")
    rows = advisor.see("matches").locator("tbody th")
    expect(rows.first).to_be_visible()
    listed = [("listed", int(number)) for number in rows.all_inner_texts()]
    assert views_of(an_advisor)[len(before) + 2 :] == listed


def views_of(person: Person) -> list[tuple[str, int]]:
    connection = connect("auditor", read_only=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "select what, client_id from ops.client_view where login = %s"
            " order by view_id",
            [person.login],
        )
        found: list[tuple[str, int]] = cursor.fetchall()
    connection.close()
    return found
