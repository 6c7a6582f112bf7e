"""No landed row vanishes and no client is dropped."""

from __future__ import annotations

import pytest

from tests.dbt_project.conftest import Query

HELD = {
    "bureau": "select count(*) from marts.fct_bureau_credit",
    "bureau_balance": "select count(*) from marts.fct_bureau_month",
    "previous_application": """
        select count(*) from marts.fct_previous_application where has_application
    """,
    "pos_cash_balance": "select count(*) from marts.fct_pos_month",
    "credit_card_balance": "select count(*) from marts.fct_card_month",
    "installments_payments": """
        select sum(source_row_count) from marts.fct_installment
    """,
}


def number(query: Query, statement: str) -> int:
    return int(query(statement)[0][0])


@pytest.mark.parametrize("table", HELD)
def test_every_landed_row_is_in_the_mart_or_in_quarantine(
    built: Query, table: str
) -> None:
    landed = number(built, f"select count(*) from raw.{table}")
    held = number(built, HELD[table])
    quarantined = number(built, f"select count(*) from quarantine.{table}")
    assert landed > 0
    assert landed == held + quarantined


def test_every_application_is_a_client(built: Query) -> None:
    assert not built("""
        select sk_id_curr from raw.application_train
        union
        select sk_id_curr from raw.application_test
        except
        select client_id from marts.dim_client
    """)


def test_the_label_is_the_landed_target_and_null_without_one(built: Query) -> None:
    assert not built("""
        select client_id, is_default from marts.dim_client
        except
        (
            select sk_id_curr, target = 1 from raw.application_train
            union all
            select sk_id_curr, null from raw.application_test
        )
    """)


def test_loans_that_only_balances_know_have_a_header_row(built: Query) -> None:
    orphans = built("""
        select distinct sk_id_prev from raw.credit_card_balance
        where sk_id_prev not in (select sk_id_prev from raw.previous_application)
    """)
    headers = built("""
        select previous_application_id from marts.fct_previous_application
        where not has_application
    """)
    assert orphans
    assert set(orphans) <= set(headers)


def test_a_payment_repeated_by_versions_counts_once(built: Query) -> None:
    repeated, distinct = built("""
        select sum(amt_payment), (
            select sum(amt_payment) from (
                select distinct
                    sk_id_prev,
                    num_instalment_number,
                    days_entry_payment,
                    amt_payment
                from raw.installments_payments
            ) as payments
        )
        from raw.installments_payments
    """)[0]
    paid = built("select sum(paid_amount) from marts.fct_installment")[0][0]
    assert repeated > distinct
    assert paid == pytest.approx(distinct, abs=0.01)
