"""Refuse, explain, simulate, decide and print: what an advisor does with a decision."""

import json
import re
import uuid

import httpx
import pytest
from playwright.sync_api import expect

from bokeh_app.texts import Language, read_texts
from tests.bokeh_app.visitors import signed_in, token_of, visitor
from tests.browser.advisor import Advisor
from tests.conftest import Person, ScoringApi

DECISION = re.compile(r"/papers/letter/([0-9a-f-]{36})\?")


def decision_id(advisor: Advisor) -> str:
    link = advisor.see("act-papers").get_by_role("link").first
    found = DECISION.search(link.get_attribute("href") or "")
    assert found
    return found[1]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_refused_client_s_request_is_tried_and_taken_back(
    advisor: Advisor, refused: int, lang: Language
) -> None:
    advisor.visit(refused, lang)
    texts = read_texts(lang)
    result = advisor.see("simulation-result")
    expect(result).to_contain_text(texts("simulation.start"))
    amount = advisor.see("simulation-credit_amount")
    before = amount.input_value()

    advisor.see("simulation-term_months").fill("24")
    expect(result.locator(".outcome")).to_have_count(2)
    expect(result).to_contain_text(texts("simulation.field.annuity_amount"))
    annuity = float(advisor.see("simulation-annuity_amount").input_value())
    assert annuity == pytest.approx(float(before) / 24, abs=0.01)

    advisor.see("slider-credit_amount").press("Home")
    expect(amount).not_to_have_value(before)
    expect(result).to_contain_text(texts("simulation.field.credit_amount"))

    advisor.page.get_by_role("button", name=texts("simulation.reset")).click()
    expect(result).to_contain_text(texts("simulation.start"))
    expect(amount).to_have_value(before)


def test_what_cannot_be_tried_is_said_beside_its_field(
    advisor: Advisor, refused: int
) -> None:
    advisor.visit(refused)
    amount = advisor.see("simulation-credit_amount")
    amount.fill("5")
    expect(advisor.see("simulation-fault-credit_amount")).to_contain_text("Entre")
    expect(amount).to_have_attribute("aria-invalid", "true")
    expect(advisor.page.locator(".outcome")).to_have_count(0)

    advisor.page.get_by_role("button", name="Revenir à la demande").click()
    expect(amount).to_have_attribute("aria-invalid", "false")
    annuity = advisor.see("simulation-annuity_amount")
    annuity.fill("900000")
    fault = advisor.see("simulation-fault-annuity_amount")
    expect(fault).to_contain_text("de 6 à 72 mois")
    advisor.open(refused + 1)
    expect(annuity).not_to_have_value("900000")
    expect(fault).to_be_empty()


def test_advice_is_honest_and_its_values_can_be_tried(
    advisor: Advisor, refused: int
) -> None:
    advisor.visit(refused)
    advisor.see("advice-ask").click()
    advice = advisor.see("advice-result")
    expect(advice).to_contain_text(re.compile("autres? demandes? essayée"))
    taken = advice.get_by_role("button", name="Reprendre ces valeurs")
    if taken.count() == 0:
        expect(advice).to_contain_text("ne mènerait à une meilleure décision")
        return
    taken.first.click()
    expect(advisor.see("simulation-result")).to_contain_text("La décision deviendrait")


def test_a_theme_opens_into_variables_and_the_model_says_what_it_ignores(
    advisor: Advisor, refused: int
) -> None:
    advisor.visit(refused)
    detail = advisor.see("explanation-themes")
    detail.get_by_text("Ouvrir chaque thème").click()
    theme = detail.locator(".theme").first
    theme.locator("summary").click()
    rows = theme.locator("tbody tr").all()
    points = [
        round(10 * float(row.locator("td").last.inner_text().translate(MARKS)))
        for row in rows
    ]
    assert sum(points[:-1]) == points[-1]
    assert advisor.page.evaluate(CUT_TABLES) == []
    model = advisor.see("model-weights")
    model.get_by_text("Comment le modèle juge en général").click()
    expect(model.get_by_role("row")).not_to_have_count(1)
    expect(model).to_contain_text("Ce qu\u2019il ne sait pas")


# With every theme open: a long value takes no room from names and points.
CUT_TABLES = """() => {
    const themes = [...document.querySelectorAll(".theme")];
    themes.forEach((theme) => { theme.open = true; });
    const frames = themes.map((theme) => theme.querySelector(".table-frame"));
    return frames
        .filter((frame) => frame.scrollWidth > frame.clientWidth)
        .map((frame) => frame.getAttribute("aria-label"));
}"""
MARKS = str.maketrans({"\u2212": "-", ",": ".", "+": ""})


def test_an_own_decision_is_kept_once_under_the_advisor_s_login(
    advisor: Advisor, refused: int, scoring_api: ScoringApi, an_advisor: Person
) -> None:
    advisor.visit(refused)
    form, message = advisor.see("act-form"), advisor.see("act-message")
    send = form.get_by_role("button", name="Enregistrer ma décision")
    send.click()
    expect(message).to_have_text("Choisissez d\u2019accorder ou de refuser.")
    form.get_by_role("radio", name="Accorder").check()
    send.click()
    expect(message).to_have_text("Écrivez un motif.")

    motive = f"Bulletins de salaire vus <b>{uuid.uuid4()}</b>"
    form.get_by_label("Motif").fill(motive)
    expect(advisor.see("act-count")).to_contain_text(
        read_texts("fr").format.number(2000 - len(motive))
    )
    send.dblclick()
    expect(message).to_have_text("Votre décision est enregistrée.")
    expect(form.get_by_label("Motif")).to_have_value("")
    kept = advisor.see("act-reviews").get_by_role("listitem").filter(has_text=motive)
    expect(kept).to_have_count(1)
    expect(kept).to_contain_text(an_advisor.login)
    expect(kept).to_contain_text("Accord")

    read = httpx.get(
        f"{scoring_api.base_url}/api/v1/decisions/{decision_id(advisor)}",
        headers={"x-functions-key": scoring_api.key},
    ).json()
    mine = [one for one in read["reviews"] if one["motive"] == motive]
    assert [one["advisor"] for one in mine] == [an_advisor.login]


def test_a_motive_stays_with_its_client_until_it_is_kept(
    advisor: Advisor, refused: int, clients: list[int]
) -> None:
    advisor.visit(refused)
    motive = advisor.see("act-motive")
    motive.fill("À vérifier")
    advisor.open(clients[-1])
    expect(motive).to_have_value("")
    advisor.open(refused)
    expect(motive).to_have_value("À vérifier")


def test_a_decision_is_in_the_papers_however_often_the_file_is_opened_again(
    dashboard_url: str, scoring_api: ScoringApi, an_advisor: Person, refused: int
) -> None:
    headers = {"x-functions-key": scoring_api.key}
    score = f"/clients/{refused}/score?explain=false"
    with httpx.Client(
        base_url=f"{scoring_api.base_url}/api/v1", headers=headers
    ) as api:
        earlier, later = (api.get(score).json()["decision_id"] for _ in range(2))
        own = {"decision": "grant", "motive": "Vu.", "advisor": an_advisor.login}
        kept = api.post(f"/decisions/{earlier}/reviews", json=own)
        assert kept.is_success
    texts = read_texts("fr")
    with signed_in(dashboard_url, an_advisor) as reader:
        letter = reader.get(f"/papers/letter/{later}").text
        assert texts("letter.subject.grant") in letter
        assert texts("letter.of_amount", amount="").strip() in letter
        token = token_of(reader.get("/bokeh_app").text)
        summary = reader.post(f"/papers/summary/{later}", data={"_xsrf": token}).text
        assert texts("act.none") not in summary


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_letter_is_seen_printed_and_downloaded_by_who_is_signed_in(
    advisor: Advisor, refused: int, an_advisor: Person, lang: Language
) -> None:
    advisor.visit(refused)
    address = f"/papers/letter/{decision_id(advisor)}"
    texts = read_texts(lang)
    letter = advisor.page.context.new_page()
    complaints: list[str] = []
    letter.on(
        "console", lambda one: complaints.append(one.text) if one.type == "error" else 0
    )
    letter.goto(f"{advisor.url.removesuffix('/bokeh_app')}{address}?lang={lang}")
    expect(letter.locator("html")).to_have_attribute("lang", lang)
    expect(letter.locator("main")).to_contain_text(texts("letter.rights_title"))
    expect(letter.get_by_role("heading", level=1)).to_contain_text(
        re.compile(
            "|".join(texts(f"letter.subject.{one}") for one in ("refuse", "grant"))
        )
    )
    letter.emulate_media(media="print")
    expect(letter.get_by_role("button", name=texts("paper.print"))).to_be_hidden()
    letter.close()
    assert complaints == []

    with signed_in(advisor.url, an_advisor) as reader:
        pdf = reader.get(f"{address}.pdf", params={"lang": lang})
        assert pdf.headers["content-type"] == "application/pdf"
        assert pdf.headers["cache-control"] == "no-store"
        assert pdf.content.startswith(b"%PDF-")
        unknown = reader.get(f"/papers/letter/{uuid.UUID(int=4)}.pdf")
        assert unknown.status_code == 404
    with visitor(advisor.url) as stranger:
        for ending in ("", ".pdf"):
            page = stranger.get(f"{address}{ending}")
            assert page.url.path == "/login"
            assert str(refused) not in page.text


def test_the_summary_holds_the_simulation_and_takes_no_forged_form(
    advisor: Advisor, refused: int, an_advisor: Person
) -> None:
    advisor.visit(refused)
    advisor.see("simulation-income_amount").fill("654321")
    expect(advisor.see("simulation-result").locator(".outcome")).to_have_count(2)
    with advisor.page.context.expect_page() as opened:
        advisor.page.get_by_role(
            "button", name=re.compile("^Voir et imprimer .* Synthèse")
        ).click()
    summary = opened.value
    expect(summary.locator("main")).to_contain_text("654\u202f321")
    expect(summary.locator("main")).to_contain_text("Document interne")
    summary.close()

    address = f"/papers/summary/{decision_id(advisor)}.pdf"
    values = json.dumps({"income_amount": "654321"})
    with signed_in(advisor.url, an_advisor) as reader:
        assert reader.post(address, data={"values": values}).status_code == 403
        token = token_of(reader.get("/bokeh_app").text)
        pdf = reader.post(address, data={"values": values, "_xsrf": token})
        assert pdf.content.startswith(b"%PDF-")
