"""Analysts' views tell the same as the facts that they sum up."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dbt_project.conftest import Query

BOOKS = {
    "pos_cash": ("fct_pos_month", "previous_application_id"),
    "card": ("fct_card_month", "previous_application_id"),
    "bureau": ("fct_bureau_month", "bureau_credit_id"),
}


def test_every_segment_of_the_portfolio_holds_all_clients(built: Query) -> None:
    held = built("""
        select count(*), count(is_default), count(*) filter (where is_default)
        from marts.dim_client
    """)
    segments = built("""
        select distinct
            sum(client_count)::bigint,
            sum(labelled_count)::bigint,
            sum(default_count)::bigint
        from marts.agg_portfolio_segment
        group by segment_name
    """)
    assert segments == held


def test_every_segment_of_the_funnel_holds_all_applications(built: Query) -> None:
    held = built("""
        select count(*), count(*) filter (where contract_status = 'Refused')
        from marts.fct_previous_application
        where has_application
    """)
    segments = built("""
        select distinct
            sum(application_count)::bigint,
            sum(refused_count)::bigint
        from marts.agg_application_funnel
        group by segment_name
    """)
    assert segments == held
    reasons = built("select sum(refused_count)::bigint from marts.agg_refusal_reason")
    assert reasons[0][0] == held[0][1]


@pytest.mark.parametrize("book", BOOKS)
def test_roll_rates_count_every_month_that_has_a_next_one(
    built: Query, book: str
) -> None:
    table, loan = BOOKS[book]
    [(counted,)] = built(
        f"select sum(month_count) from marts.agg_past_due_roll_rate"
        f" where book = '{book}'"
    )
    [(followed,)] = built(f"""
        select count(*)
        from (
            select
                month,
                lead(month) over (partition by {loan} order by month) as next_month
            from marts.{table}
        ) as months
        where next_month = month + 1
    """)
    assert counted == followed > 0


@pytest.mark.parametrize("book", BOOKS)
def test_a_vintage_begins_with_every_loan_and_never_forgets_a_delay(
    built: Query, book: str
) -> None:
    table, loan = BOOKS[book]
    [(loans,)] = built(f"select count(distinct {loan}) from marts.{table}")
    [(opened,)] = built(f"""
        select sum(loan_count) from marts.agg_vintage
        where book = '{book}' and months_on_book = 0
    """)
    assert opened == loans
    assert not built(f"""
        select 1
        from (
            select ever_30_plus_share - lag(ever_30_plus_share) over (
                partition by opened_month order by months_on_book
            ) as growth
            from marts.agg_vintage
            where book = '{book}'
        ) as ages
        where growth < 0
    """)


def test_shares_add_up_to_one(built: Query) -> None:
    for view, share, groups in [
        ("agg_portfolio_segment", "client_share", "segment_name"),
        ("agg_refusal_reason", "refused_share", "contract_type"),
        ("agg_past_due_roll_rate", "roll_rate", "book, from_bucket"),
    ]:
        assert not built(f"""
            select {groups}, sum({share})
            from marts.{view}
            group by {groups}
            having abs(sum({share}) - 1) > 1e-9
        """)


def test_a_measure_is_what_its_documented_formula_says(
    built: Query, manifest: dict[str, Any]
) -> None:
    measures = [
        (node["alias"], column["name"], column["config"]["meta"]["formula"])
        for node in manifest["nodes"].values()
        for column in node["columns"].values()
        if "formula" in column["config"]["meta"]
    ]
    assert len(measures) >= 9
    for view, name, formula in measures:
        part, whole = formula.split(" / ")
        assert not built(f"""
            select 1 from marts.{view}
            where
                ({name} is null) <> ({whole} = 0)
                or abs({name} - {part}::double precision / nullif({whole}, 0)) > 1e-9
        """)
