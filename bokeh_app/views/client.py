"""Who the client is, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bokeh_app.queries.profile import Profile
from bokeh_app.texts import Texts
from bokeh_app.views.values import ValueWriter, counted, lower_first, upper_first

DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = DAYS_PER_YEAR / 12


@dataclass(frozen=True)
class Fact:
    """A labelled fact; `value` is None where it was not provided."""

    label: str
    value: str | None


@dataclass(frozen=True)
class FactGroup:
    """Facts under one heading."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class ClientView:
    """The client in one sentence and in groups of facts."""

    summary: str
    groups: tuple[FactGroup, ...]


def view_client(writer: ValueWriter, profile: Profile) -> ClientView:
    """Describe a client from the application and the past."""
    describe = _Description(writer)
    return ClientView(
        summary=describe.summary(profile.application),
        groups=(
            describe.group("identity", describe.identity(profile.application)),
            describe.group("request", describe.request(profile.application)),
            describe.group(
                "with_us", describe.with_us(profile.previous, profile.payments)
            ),
            describe.group("elsewhere", describe.elsewhere(profile.bureau)),
        ),
    )


def duration(texts: Texts, days: float) -> str:
    """Write a number of days as days, months or years, whichever reads best."""
    days = abs(days)
    if days < 60:
        return texts.plural("client.days", round(days))
    if days < 2 * DAYS_PER_YEAR:
        return texts.plural("client.months", round(days / DAYS_PER_MONTH))
    years = round(days / DAYS_PER_YEAR)
    return texts("unit.years.other", value=texts.format.number(years))


def moment(texts: Texts, day: float) -> str:
    """Write a day relative to the application: ago, now or ahead."""
    if abs(day) < 1:
        return texts("history.now")
    key = "client.ago" if day < 0 else "history.ahead"
    return texts(key, duration=duration(texts, day))


class _Description:
    def __init__(self, writer: ValueWriter) -> None:
        self.writer = writer
        self.texts = writer.texts
        self.format = writer.texts.format

    def group(self, name: str, facts: dict[str, str | None]) -> FactGroup:
        return FactGroup(
            self.texts(f"client.{name}"),
            tuple(
                Fact(
                    self.texts(f"client.summary_label.{label}"),
                    value and upper_first(value),
                )
                for label, value in facts.items()
            ),
        )

    def summary(self, row: dict[str, Any]) -> str:
        kind = self.code(row, "income_type")
        return self.texts(
            "client.summary",
            age=self.age(row["age_years"]) or self.texts("client.missing"),
            income_type=lower_first(kind or self.texts("client.missing")),
            amount=self.writer.amount(row["credit_amount"]),
        )

    def identity(self, row: dict[str, Any]) -> dict[str, str | None]:
        return {
            "age": self.age(row["age_years"]),
            "family": self.family(row),
            "housing": self.code(row, "housing_type"),
            "education": self.code(row, "education_level"),
            "income_type": self.code(row, "income_type"),
            "occupation": self.code(row, "occupation"),
            "employment": self.employment(row),
            "income": self.amount(row["income_amount"]),
            "assets": self.assets(row),
        }

    def request(self, row: dict[str, Any]) -> dict[str, str | None]:
        credit, annuity = row["credit_amount"], row["annuity_amount"]
        income = row["income_amount"]
        effort = annuity / income if annuity and income else None
        return {
            "contract_type": self.code(row, "contract_type"),
            "credit": self.amount(credit),
            "goods": self.amount(row["goods_price_amount"]),
            "annuity": self.amount(annuity),
            "effort": effort
            and self.texts("client.income_share", share=self.format.share(effort)),
            "duration": self.texts(
                "client.annuities", count=self.format.number(credit / annuity)
            )
            if credit and annuity
            else None,
        }

    def with_us(
        self, previous: dict[str, Any], payments: dict[str, Any]
    ) -> dict[str, str | None]:
        facts: dict[str, str | None] = {"previous": self.applications(previous)}
        if previous["application_count"]:
            facts["last_request"] = self.ago(previous["last_decision_day"])
        count = payments["installment_count"]
        facts["payments"] = counted(self.texts, "client.installments", count)
        if count:
            facts["late"] = self.late(payments)
        return facts

    def elsewhere(self, bureau: dict[str, Any]) -> dict[str, str | None]:
        facts: dict[str, str | None] = {
            "credits": counted(self.texts, "client.credits", bureau["credit_count"])
        }
        if bureau["credit_count"]:
            facts["active"] = self.format.number(bureau["active_count"])
            facts["debt"] = self.amount(bureau["debt_amount"]) or self.texts(
                "client.no_debt"
            )
            overdue = bureau["overdue_amount"]
            facts["overdue"] = (
                self.amount(overdue)
                if overdue
                else self.texts("client.nothing_overdue")
            )
            facts["last_credit"] = self.ago(bureau["last_opened_day"])
        return facts

    def age(self, years: float | None) -> str | None:
        return None if years is None else self.texts("client.age", years=int(years))

    def family(self, row: dict[str, Any]) -> str | None:
        status = self.code(row, "family_status")
        children = row["children_count"]
        if children is None:
            return status
        family = counted(self.texts, "client.children", children)
        return f"{status}, {family}" if status else family

    def employment(self, row: dict[str, Any]) -> str | None:
        years = row["employment_years"]
        if years is None:
            return (
                self.texts("client.employment_none")
                if row["is_employment_unknown"]
                else None
            )
        since = self.texts(
            "client.employment_since",
            years=duration(self.texts, float(years) * DAYS_PER_YEAR),
        )
        organization = self.code(row, "organization_type")
        return f"{organization}, {since}" if organization else since

    def assets(self, row: dict[str, Any]) -> str | None:
        if row["has_car"] is None and row["has_realty"] is None:
            return None
        owned = []
        if row["has_car"]:
            age = row["car_age_years"]
            car = self.texts("client.car")
            owned.append(
                car
                if age is None
                else f"{car} ({self.writer.number('years', round(float(age)))})"
            )
        if row["has_realty"]:
            owned.append(self.texts("client.realty"))
        return ", ".join(owned) or self.texts("client.assets_none")

    def applications(self, previous: dict[str, Any]) -> str:
        count = previous["application_count"]
        written = counted(self.texts, "client.applications", count)
        if not count:
            return written
        outcomes = ", ".join(
            self.texts.plural(f"client.{outcome}", previous[f"{outcome}_count"])
            for outcome in ("approved", "refused", "withdrawn")
            if previous[f"{outcome}_count"]
        )
        return self.texts(
            "client.applications_detail", applications=written, outcomes=outcomes
        )

    def late(self, payments: dict[str, Any]) -> str:
        late, total = payments["late_count"], payments["installment_count"]
        if not late:
            return self.texts("client.never_late")
        return self.texts(
            "client.late_share",
            count=self.format.number(late),
            total=self.format.number(total),
            share=self.format.share(late / total),
            days=self.texts.plural("client.days", round(payments["worst_days_late"])),
        )

    def ago(self, day: float | None) -> str | None:
        return None if day is None else moment(self.texts, float(day))

    def amount(self, value: float | None) -> str | None:
        return None if value is None else self.format.number(float(value))

    def code(self, row: dict[str, Any], column: str) -> str | None:
        code = row[column]
        return None if code is None else self.writer.code(column, code)
