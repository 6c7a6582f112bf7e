"""A small bank, and two batches with everything that an appended batch may bring."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path

TRAIN, TEST = "application_train", "application_test"
BUREAU, MONTHS = "bureau", "bureau_balance"
LOANS, POS = "previous_application", "POS_CASH_balance"
CARD, INSTALLMENTS = "credit_card_balance", "installments_payments"
FILES = (TRAIN, TEST, BUREAU, MONTHS, LOANS, POS, CARD, INSTALLMENTS)

Row = dict[str, str]
Rows = list[Row]
Tables = dict[str, Rows]
Belongs = Callable[[str, Row], bool]


def read_tables(directory: Path) -> Tables:
    tables = {}
    for name in FILES:
        with (directory / f"{name}.csv").open(newline="") as file:
            tables[name] = list(csv.DictReader(file))
    return tables


def write_tables(tables: Tables, headers: Tables, directory: Path) -> Path:
    """Write the tables that have rows, under the headers of others."""
    directory.mkdir()
    for name, rows in tables.items():
        if rows:
            with (directory / f"{name}.csv").open("w", newline="") as file:
                columns = headers[name][0].keys()
                writer = csv.DictWriter(file, columns, lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
    return directory


def split(tables: Tables, belongs: Belongs) -> tuple[Tables, Tables]:
    """Divide the rows into those that do not belong to the batch and those that do."""
    kept = {n: [r for r in rows if not belongs(n, r)] for n, rows in tables.items()}
    taken = {n: [r for r in rows if belongs(n, r)] for n, rows in tables.items()}
    return kept, taken


def clients_rows(tables: Tables, clients: Iterable[str]) -> Belongs:
    """Say whether a row is of these clients, their bureau credits' months included."""
    chosen = set(clients)
    credits = {
        row["SK_ID_BUREAU"] for row in tables[BUREAU] if row["SK_ID_CURR"] in chosen
    }

    def belongs(name: str, row: Row) -> bool:
        if name == MONTHS:
            return row["SK_ID_BUREAU"] in credits
        return row["SK_ID_CURR"] in chosen

    return belongs


class Bank:
    """The landed tables and two batches, made from one generated sample.

    Attributes
    ----------
    landed, first, second : dict
        Rows by file.
    moved_loan, late_credit, late_client : str
        A loan known from its balances alone that the first batch gives to another
        client; a credit whose months come before it; a client whose credit does.
    """

    def __init__(self, sample: Tables) -> None:
        clients = [row["SK_ID_CURR"] for row in sample[TRAIN]]
        later, last = clients[:6], clients[6:8]
        rest, self.second = split(sample, clients_rows(sample, last))
        self.landed, self.first = split(rest, clients_rows(rest, later))
        self._repeat_what_landed()
        self._add_history()
        self._move_a_loan()
        self._bring_months_before_their_credit()
        self._bring_a_credit_before_its_client()
        self._leave_out_keys()

    def _repeat_what_landed(self) -> None:
        self.first[TRAIN].append(self.landed[TRAIN][0] | {"AMT_CREDIT": "1.0"})
        self.first[TEST].append(self.landed[TEST][0] | {"AMT_CREDIT": "2.0"})
        self.first[LOANS].append(self.landed[LOANS][0] | {"AMT_CREDIT": "3.0"})
        self.first[POS].append(self.landed[POS][0] | {"SK_DPD": "99"})
        self.first[MONTHS].append(self.landed[MONTHS][0] | {"STATUS": "5"})
        self.first[INSTALLMENTS].append(self.landed[INSTALLMENTS][0])

    def _add_history(self) -> None:
        """Take rows of clients who have landed from the bank, for the batches."""
        for name in (BUREAU, CARD, INSTALLMENTS):
            self.first[name].append(self.landed[name].pop(5))
        self.second[CARD].append(self.landed[CARD].pop())

    def _move_a_loan(self) -> None:
        installment = self.landed[INSTALLMENTS][-1]
        self.moved_loan = installment["SK_ID_PREV"]
        application = next(
            row for row in self.landed[LOANS] if row["SK_ID_PREV"] == self.moved_loan
        )
        self.landed[LOANS].remove(application)
        others = (row["SK_ID_CURR"] for row in self.landed[TEST])
        other = next(id_ for id_ in others if id_ != installment["SK_ID_CURR"])
        self.first[LOANS].append(application | {"SK_ID_CURR": other})

    def _bring_months_before_their_credit(self) -> None:
        late = self.second[BUREAU][0]["SK_ID_BUREAU"]
        self.late_credit = late
        months = {"SK_ID_BUREAU": late, "STATUS": "1"}
        self.landed[MONTHS].append(months | {"MONTHS_BALANCE": "-70"})
        self.first[MONTHS].append(months | {"MONTHS_BALANCE": "-71"})
        unknown = months | {"SK_ID_BUREAU": "8888888", "MONTHS_BALANCE": "-1"}
        self.first[MONTHS].append(unknown)

    def _bring_a_credit_before_its_client(self) -> None:
        self.late_client = self.second[TRAIN][-1]["SK_ID_CURR"]
        credit = self.landed[BUREAU][0] | {"SK_ID_CURR": self.late_client}
        self.landed[BUREAU].insert(0, credit | {"SK_ID_BUREAU": "9999999"})
        self.first[BUREAU].append(credit | {"SK_ID_BUREAU": "9999998"})

    def _leave_out_keys(self) -> None:
        pos, months = self.landed[POS][1], self.landed[MONTHS][1]
        self.first[POS] += [
            pos | {"SK_ID_PREV": "", "MONTHS_BALANCE": "-90"},
            pos | {"SK_ID_CURR": "", "MONTHS_BALANCE": "-91"},
            pos | {"SK_ID_PREV": "", "SK_ID_CURR": ""},
        ]
        self.first[MONTHS].append(months | {"SK_ID_BUREAU": ""})
        self.first[BUREAU].append(
            self.landed[BUREAU][1] | {"SK_ID_BUREAU": "9999997", "SK_ID_CURR": ""}
        )
