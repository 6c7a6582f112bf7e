"""All eight tables as data frames, from a number of clients and a seed."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.random import Generator, SeedSequence, default_rng

from ingestion.errors import SampleError
from ingestion.landing_schema import (
    APPLICATION_TEST,
    APPLICATION_TRAIN,
    BUREAU,
    BUREAU_BALANCE,
    CREDIT_CARD_BALANCE,
    INSTALLMENTS_PAYMENTS,
    POS_CASH_BALANCE,
    PREVIOUS_APPLICATION,
    LandingTable,
)
from ingestion.sample.application import draw_applications
from ingestion.sample.bureau import draw_bureau
from ingestion.sample.card import card_columns, draw_card_months, recent_utilisation
from ingestion.sample.clients import Clients, draw_clients
from ingestion.sample.draw import Columns
from ingestion.sample.housing import draw_housing
from ingestion.sample.installments import draw_installments
from ingestion.sample.point_of_sale import draw_point_of_sale
from ingestion.sample.previous import draw_previous
from ingestion.sample.repayment import draw_repayments, payment_conduct
from ingestion.sample.risk import draw_defaults

MINIMUM_CLIENTS: Final = 2

_STREAMS: Final = (
    "clients",
    "application",
    "housing",
    "bureau",
    "bureau_balance",
    "previous_application",
    "repayment",
    "point_of_sale",
    "card",
    "card_details",
    "installments",
    "target",
    "row_order",
)
"""One random stream each, so that a change to one table leaves the others alone."""


@dataclass(frozen=True, slots=True)
class SampleParameters:
    """What determines a sample to the byte.

    Attributes
    ----------
    clients : int
        Applications, labelled and unlabelled together; at least 2.
    seed : int
        Not negative.
    """

    clients: int
    seed: int

    def __post_init__(self) -> None:
        """Refuse what cannot be generated."""
        if self.clients < MINIMUM_CLIENTS:
            raise SampleError(
                f"A sample needs at least {MINIMUM_CLIENTS} clients, one labelled and "
                f"one not; {self.clients} were asked for."
            )
        if self.seed < 0:
            raise SampleError("The seed must not be negative.")


def generate_sample(parameters: SampleParameters) -> dict[LandingTable, pd.DataFrame]:
    """Invent the eight tables.

    Parameters
    ----------
    parameters : SampleParameters

    Returns
    -------
    dict of LandingTable to DataFrame
        Columns named and ordered as published.
    """
    rng = _streams(parameters.seed)
    clients = draw_clients(rng["clients"], parameters.clients)
    applications = draw_applications(rng["application"], clients)
    housing = draw_housing(rng["housing"], clients)
    bureau = draw_bureau(rng["bureau"], rng["bureau_balance"], clients)
    previous = draw_previous(rng["previous_application"], clients)
    repayments = draw_repayments(rng["repayment"], clients, previous.loans)
    card_months = draw_card_months(rng["card"], clients, previous.cards)
    defaults = draw_defaults(
        rng["target"],
        clients,
        applications,
        bureau,
        previous,
        payment_conduct(clients, previous.loans, repayments),
        recent_utilisation(clients, previous.cards, card_months),
    )
    children: dict[LandingTable, Columns] = {
        BUREAU: bureau.credits,
        BUREAU_BALANCE: bureau.months,
        PREVIOUS_APPLICATION: previous.columns,
        POS_CASH_BALANCE: draw_point_of_sale(
            rng["point_of_sale"], clients, previous.loans, repayments
        ),
        CREDIT_CARD_BALANCE: card_columns(
            rng["card_details"], clients, previous.cards, card_months
        ),
        INSTALLMENTS_PAYMENTS: draw_installments(
            rng["installments"],
            clients,
            previous.loans,
            repayments,
            previous.cards,
            card_months,
        ),
    }
    application_columns = {
        "SK_ID_CURR": clients.ids,
        "TARGET": defaults.astype(np.int64),
        **applications.columns,
        **housing,
    }
    return {
        **_split_applications(clients, application_columns),
        **{
            table: _in_file_order(rng["row_order"], _frame(table, columns))
            for table, columns in children.items()
        },
    }


def _streams(seed: int) -> dict[str, Generator]:
    spawned = SeedSequence(seed).spawn(len(_STREAMS))
    return {
        name: default_rng(sequence)
        for name, sequence in zip(_STREAMS, spawned, strict=True)
    }


def _split_applications(
    clients: Clients, columns: Columns
) -> dict[LandingTable, pd.DataFrame]:
    train = _frame(APPLICATION_TRAIN, columns)
    test = train.drop(columns="TARGET")[~clients.is_labelled]
    return {APPLICATION_TRAIN: train[clients.is_labelled], APPLICATION_TEST: test}


def _frame(table: LandingTable, columns: Columns) -> pd.DataFrame:
    """Order the columns as published; a missing or surplus one is our mistake."""
    if set(columns) != set(table.header):
        raise SampleError(
            f"The generator and the schema of {table.name} disagree on the columns "
            f"{sorted(set(columns) ^ set(table.header))}."
        )
    return pd.DataFrame({name: columns[name] for name in table.header})


def _in_file_order(rng: Generator, frame: pd.DataFrame) -> pd.DataFrame:
    """Mix the rows: the published files keep no order that a reader may rely on."""
    return frame.iloc[rng.permutation(len(frame))]
