"""The application tables: request, person, household, work, external scores."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator

from ingestion.sample.clients import Clients
from ingestion.sample.draw import (
    Bools,
    Columns,
    Floats,
    Ints,
    Texts,
    annuity,
    choose,
    cut,
    hide,
    pick_rare,
    ranks,
    round_to,
    rounded,
    sigmoid,
    standardise,
    take,
    texts,
    top_share,
)

NEVER: Final = 365_243
"""Days that stand for "never" or "unknown" in the published files."""

_NOT_EMPLOYED_SHARE: Final = 0.18
_OUTLIER_INCOME: Final = 117_000_000.0

_GENDER = {"F": 0.658, "M": 0.342}
_EDUCATION = {
    "Lower secondary": 0.0124,
    "Secondary / secondary special": 0.7102,
    "Incomplete higher": 0.0334,
    "Higher education": 0.2434,
    "Academic degree": 0.0006,
}
_INCOME_TYPE = {
    "Working": 0.630,
    "Commercial associate": 0.2835,
    "State servant": 0.086,
    "Student": 0.0002,
    "Businessman": 0.0002,
    "Maternity leave": 0.0001,
}
_SUITE = {
    "Unaccompanied": 0.808,
    "Family": 0.1306,
    "Spouse, partner": 0.037,
    "Children": 0.0106,
    "Other_B": 0.0058,
    "Other_A": 0.0028,
    "Group of people": 0.0009,
    "": 0.0043,
}
_HOUSING_OF_THE_YOUNG = {
    "House / apartment": 0.78,
    "With parents": 0.145,
    "Municipal apartment": 0.03,
    "Rented apartment": 0.035,
    "Office apartment": 0.007,
    "Co-op apartment": 0.003,
}
_HOUSING_OF_OTHERS = {
    "House / apartment": 0.923,
    "With parents": 0.015,
    "Municipal apartment": 0.038,
    "Rented apartment": 0.011,
    "Office apartment": 0.009,
    "Co-op apartment": 0.004,
}
_FAMILY_OF_THE_YOUNG = {
    "Single / not married": 0.34,
    "Married": 0.48,
    "Civil marriage": 0.14,
    "Separated": 0.038,
    "Widow": 0.002,
}
_FAMILY_OF_OTHERS = {
    "Single / not married": 0.09,
    "Married": 0.69,
    "Civil marriage": 0.082,
    "Separated": 0.07,
    "Widow": 0.068,
}
_OCCUPATION_OF_HIGHER = {
    "Core staff": 0.2,
    "Managers": 0.19,
    "High skill tech staff": 0.11,
    "Accountants": 0.1,
    "Sales staff": 0.1,
    "Laborers": 0.1,
    "Medicine staff": 0.05,
    "Drivers": 0.03,
    "Secretaries": 0.02,
    "Private service staff": 0.02,
    "Realty agents": 0.01,
    "HR staff": 0.01,
    "IT staff": 0.01,
    "Security staff": 0.01,
    "": 0.14,
}
_OCCUPATION_OF_OTHERS = {
    "Laborers": 0.27,
    "Sales staff": 0.14,
    "Drivers": 0.095,
    "Core staff": 0.085,
    "Managers": 0.05,
    "Medicine staff": 0.04,
    "Security staff": 0.032,
    "Cooking staff": 0.03,
    "High skill tech staff": 0.03,
    "Cleaning staff": 0.023,
    "Accountants": 0.02,
    "Private service staff": 0.012,
    "Low-skill Laborers": 0.011,
    "Waiters/barmen staff": 0.007,
    "Secretaries": 0.004,
    "": 0.151,
}
_ORGANIZATION = {
    "Business Entity Type 3": 0.27,
    "Self-employed": 0.152,
    "Other": 0.066,
    "Business Entity Type 2": 0.042,
    "Government": 0.041,
    "Medicine": 0.036,
    "School": 0.035,
    "Trade: type 7": 0.031,
    "Kindergarten": 0.027,
    "Construction": 0.027,
    "Business Entity Type 1": 0.024,
    "Transport: type 4": 0.021,
    "Trade: type 3": 0.014,
    "Industry: type 9": 0.013,
    "Industry: type 3": 0.013,
    "Security": 0.013,
    "Housing": 0.012,
    "Industry: type 11": 0.011,
    "Military": 0.010,
    "Bank": 0.010,
    "Agriculture": 0.010,
    "Police": 0.009,
    "Transport: type 2": 0.009,
    "Postal": 0.009,
    "Security Ministries": 0.008,
    "Trade: type 2": 0.008,
    "Restaurant": 0.007,
    "Services": 0.006,
    "University": 0.005,
    "Industry: type 7": 0.005,
    "Transport: type 3": 0.005,
    "Industry: type 1": 0.004,
    "Hotel": 0.004,
    "Electricity": 0.004,
    "Industry: type 4": 0.003,
    "Trade: type 6": 0.003,
    "Industry: type 5": 0.002,
    "Insurance": 0.002,
    "Telecom": 0.002,
    "Emergency": 0.002,
    "Industry: type 2": 0.002,
    "Advertising": 0.002,
    "Realtor": 0.002,
    "Culture": 0.001,
    "Industry: type 12": 0.001,
    "Trade: type 1": 0.001,
    "Mobile": 0.001,
    "Legal Services": 0.001,
    "Cleaning": 0.001,
    "Transport: type 1": 0.001,
    "Industry: type 6": 0.0005,
    "Industry: type 10": 0.0005,
    "Religion": 0.0004,
    "Industry: type 13": 0.0003,
    "Trade: type 4": 0.0003,
    "Trade: type 5": 0.0002,
    "Industry: type 8": 0.0001,
}
WEEKDAYS: Final = {
    "MONDAY": 0.165,
    "TUESDAY": 0.175,
    "WEDNESDAY": 0.169,
    "THURSDAY": 0.165,
    "FRIDAY": 0.164,
    "SATURDAY": 0.110,
    "SUNDAY": 0.052,
}
_CASH_TERMS = {"12": 0.13, "18": 0.25, "24": 0.31, "30": 0.15, "36": 0.12, "48": 0.04}
_CARD_LIMITS = (135_000.0, 157_500.0, 180_000.0, 202_500.0, 225_000.0, 270_000.0)
_DOCUMENT_SHARES = {
    2: 0.00004,
    3: 0.71,
    4: 0.00008,
    5: 0.0151,
    6: 0.088,
    7: 0.0002,
    8: 0.0814,
    9: 0.0039,
    10: 0.00002,
    11: 0.0039,
    12: 0.00001,
    13: 0.0035,
    14: 0.0029,
    15: 0.0012,
    16: 0.0099,
    17: 0.0003,
    18: 0.0081,
    19: 0.0006,
    20: 0.0005,
    21: 0.0003,
}
_ENQUIRY_RATES = {
    "HOUR": 0.0064,
    "DAY": 0.007,
    "WEEK": 0.034,
    "MON": 0.267,
    "QRT": 0.265,
    "YEAR": 1.9,
}


@dataclass(frozen=True, slots=True)
class Applications:
    """The application columns and what of them the risk is made of.

    Attributes
    ----------
    columns : Columns
        All published columns but the ids, the target and the housing.
    external_scores : array of float, shape (clients, 3)
        Complete, also where the file hides them.
    age_years, employment_years : array of float
        Employment is 0 where the client has none.
    education : array of int
        From 0 (lower secondary) to 4 (academic degree).
    income, credit, annuity : array of float
    """

    columns: Columns
    external_scores: Floats
    age_years: Floats
    employment_years: Floats
    education: Ints
    income: Floats
    credit: Floats
    annuity: Floats


@dataclass(frozen=True, slots=True)
class _Person:
    age_years: Floats
    gender: Texts
    education: Ints
    income_type: Texts
    is_employed: Bools
    employment_years: Floats
    income: Floats


def draw_applications(rng: Generator, clients: Clients) -> Applications:
    """Draw the application of every client."""
    person = _draw_person(rng, clients)
    request = _draw_request(rng, clients, person)
    scores = _draw_external_scores(rng, clients, person)
    columns = {
        **request,
        **_person_columns(rng, person),
        **_household_columns(rng, person),
        **_work_columns(rng, person),
        **_region_columns(rng, clients),
        **_contact_columns(rng, person),
        **_score_columns(rng, scores),
        **_circle_columns(rng, clients),
        **_document_and_enquiry_columns(rng, clients),
    }
    _place_rare_codes(rng, clients, columns)
    return Applications(
        columns=columns,
        external_scores=scores,
        age_years=person.age_years,
        employment_years=person.employment_years,
        education=person.education,
        income=person.income,
        credit=np.asarray(request["AMT_CREDIT"], dtype=np.float64),
        annuity=np.asarray(request["AMT_ANNUITY"], dtype=np.float64),
    )


def _draw_person(rng: Generator, clients: Clients) -> _Person:
    n = len(clients)
    age = 21.0 + 48.0 * rng.beta(1.6, 1.7, n)
    gender = choose(rng, _GENDER, n)
    education_score = 0.6 * clients.means + 0.8 * rng.standard_normal(n)
    education = cut(ranks(education_score), _EDUCATION)
    income_type = choose(rng, _INCOME_TYPE, n)
    not_employed = top_share(age + 4.0 * rng.standard_normal(n), _NOT_EMPLOYED_SHARE)
    income_type[not_employed] = "Pensioner"
    income_type[pick_rare(rng, not_employed, 0.0004)] = "Unemployed"
    years = np.exp(
        np.log(4.3) + 0.25 * clients.discipline + 0.95 * rng.standard_normal(n)
    )
    years = np.clip(years, 0.05, np.maximum(age - 18.5, 0.1))
    income = np.exp(
        11.88
        + 0.28 * clients.means
        + 0.12 * (education >= 3)
        - 0.15 * not_employed
        + 0.12 * (gender == "M")
        + 0.33 * rng.standard_normal(n)
    )
    return _Person(
        age_years=age,
        gender=gender,
        education=education,
        income_type=income_type,
        is_employed=~not_employed,
        employment_years=np.where(not_employed, 0.0, years),
        income=np.maximum(round_to(income, 4_500.0), 27_000.0),
    )


def _draw_request(rng: Generator, clients: Clients, person: _Person) -> Columns:
    n = len(clients)
    is_revolving = rng.random(n) < 0.095
    wish = np.exp(
        12.97
        + 0.45 * (np.log(person.income) - 11.9)
        + 0.12 * clients.leverage
        + 0.62 * rng.standard_normal(n)
    )
    step = np.where(rng.random(n) < 0.6, 45_000.0, 4_500.0)
    goods = np.clip(rounded(wish / step, 0) * step, 45_000.0, 3_600_000.0)
    insurance = np.where(rng.random(n) < 0.35, 0.0, rng.uniform(0.04, 0.25, n))
    term = np.array([int(key) for key in _CASH_TERMS])[cut(rng.random(n), _CASH_TERMS)]
    credit = round_to(goods * (1.0 + insurance), 0.5)
    payment = annuity(credit, term, rng.uniform(0.10, 0.30, n))
    limit = np.array(_CARD_LIMITS)[rng.integers(0, len(_CARD_LIMITS), n)]
    credit = np.where(is_revolving, limit, credit)
    goods = np.where(is_revolving, limit, goods)
    payment = np.where(is_revolving, 0.05 * limit, payment)
    return {
        "NAME_CONTRACT_TYPE": texts(["Cash loans", "Revolving loans"])[
            is_revolving.astype(int)
        ],
        "AMT_INCOME_TOTAL": person.income.copy(),
        "AMT_CREDIT": credit,
        "AMT_ANNUITY": round_to(payment, 0.5),
        "AMT_GOODS_PRICE": np.where(
            is_revolving & (rng.random(n) < 0.01), np.nan, goods
        ),
        "NAME_TYPE_SUITE": choose(rng, _SUITE, n),
        "WEEKDAY_APPR_PROCESS_START": choose(rng, WEEKDAYS, n),
        "HOUR_APPR_PROCESS_START": np.clip(
            rounded(rng.normal(12.06, 3.2, n), 0), 0, 23
        ).astype(np.int64),
    }


def _draw_external_scores(rng: Generator, clients: Clients, person: _Person) -> Floats:
    n = len(clients)
    noise = rng.standard_normal((n, 3))
    first = (
        0.5 * standardise(person.age_years)
        + 0.25 * clients.discipline
        + 0.2 * clients.means
        + 0.8 * noise[:, 0]
    )
    second = (
        0.4 * clients.discipline
        + 0.2 * clients.means
        - 0.2 * clients.strain
        + 0.87 * noise[:, 1]
    )
    third = (
        0.35 * clients.discipline
        - 0.3 * clients.leverage
        - 0.2 * clients.strain
        + 0.87 * noise[:, 2]
    )
    return np.column_stack(
        [
            np.clip(sigmoid(0.95 * first), 0.0146, 0.9627),
            np.clip(sigmoid(0.12 + 0.86 * second), 0.0001, 0.855),
            np.clip(sigmoid(0.06 + 0.88 * third), 0.0005, 0.896),
        ]
    )


def _score_columns(rng: Generator, scores: Floats) -> Columns:
    missing = (0.564, 0.0021, 0.198)
    return {
        f"EXT_SOURCE_{number + 1}": hide(rng, scores[:, number], missing[number])
        for number in range(3)
    }


def _person_columns(rng: Generator, person: _Person) -> Columns:
    n = len(person.age_years)
    days_birth = -rounded(person.age_years * 365.25, 0).astype(np.int64)
    registration = rounded(np.minimum(rng.gamma(1.7, 2_900.0, n), -days_birth - 1.0), 0)
    id_published = rounded(
        np.minimum(rng.beta(1.6, 1.4, n) * 5_600.0, -days_birth - 6_500.0), 0
    ).astype(np.int64)
    return {
        "CODE_GENDER": person.gender,
        "NAME_INCOME_TYPE": person.income_type,
        "NAME_EDUCATION_TYPE": take(_EDUCATION, person.education),
        "DAYS_BIRTH": days_birth,
        "DAYS_REGISTRATION": -registration,
        "DAYS_ID_PUBLISH": -np.maximum(id_published, 0),
    }


def _household_columns(rng: Generator, person: _Person) -> Columns:
    n = len(person.age_years)
    is_young = person.age_years < 32.0
    family = np.where(
        is_young,
        choose(rng, _FAMILY_OF_THE_YOUNG, n),
        choose(rng, _FAMILY_OF_OTHERS, n),
    )
    has_partner = np.isin(family, ["Married", "Civil marriage"])
    expected_children = np.where(
        person.age_years < 50.0, np.where(has_partner, 0.72, 0.33), 0.06
    )
    children = np.minimum(rng.poisson(expected_children), 6)
    has_car = rng.random(n) < np.where(person.gender == "M", 0.5, 0.255)
    car_age = np.minimum(np.floor(rng.gamma(1.5, 8.1, n)), 65.0)
    return {
        "FLAG_OWN_CAR": texts(["N", "Y"])[has_car.astype(int)],
        "FLAG_OWN_REALTY": choose(rng, {"Y": 0.694, "N": 0.306}, n),
        "CNT_CHILDREN": children,
        "NAME_FAMILY_STATUS": family,
        "NAME_HOUSING_TYPE": np.where(
            is_young,
            choose(rng, _HOUSING_OF_THE_YOUNG, n),
            choose(rng, _HOUSING_OF_OTHERS, n),
        ),
        "OWN_CAR_AGE": np.where(has_car, car_age, np.nan),
        "CNT_FAM_MEMBERS": 1.0 + has_partner + children,
    }


def _work_columns(rng: Generator, person: _Person) -> Columns:
    n = len(person.age_years)
    days_employed = -rounded(person.employment_years * 365.25, 0).astype(np.int64)
    occupation = np.where(
        person.education >= 3,
        choose(rng, _OCCUPATION_OF_HIGHER, n),
        choose(rng, _OCCUPATION_OF_OTHERS, n),
    )
    occupation[~person.is_employed] = None
    organization = choose(rng, _ORGANIZATION, n)
    organization[~person.is_employed] = "XNA"
    return {
        "DAYS_EMPLOYED": np.where(person.is_employed, days_employed, NEVER),
        "OCCUPATION_TYPE": occupation,
        "ORGANIZATION_TYPE": organization,
        "FLAG_EMP_PHONE": person.is_employed.astype(np.int64),
        "FLAG_WORK_PHONE": (person.is_employed & (rng.random(n) < 0.243)).astype(
            np.int64
        ),
    }


def _region_columns(rng: Generator, clients: Clients) -> Columns:
    n = len(clients)
    region_count = 60
    populations = rounded(rng.gamma(2.0, 0.0104, region_count) + 0.0003, 6)
    ratings = cut(rng.random(region_count), {"1": 0.105, "2": 0.738, "3": 0.157}) + 1
    region = rng.integers(0, region_count, n)
    rating = ratings[region]
    city_rating = np.where(rng.random(n) < 0.035, np.maximum(rating - 1, 1), rating)
    lives_elsewhere = rng.random(n) < 0.0151
    works_elsewhere = rng.random(n) < np.where(lives_elsewhere, 0.55, 0.043)
    lives_in_other_city = rng.random(n) < 0.0782
    works_in_other_city = rng.random(n) < np.where(lives_in_other_city, 0.75, 0.186)
    return {
        "REGION_POPULATION_RELATIVE": populations[region],
        "REGION_RATING_CLIENT": rating,
        "REGION_RATING_CLIENT_W_CITY": city_rating,
        "REG_REGION_NOT_LIVE_REGION": lives_elsewhere.astype(np.int64),
        "REG_REGION_NOT_WORK_REGION": works_elsewhere.astype(np.int64),
        "LIVE_REGION_NOT_WORK_REGION": (works_elsewhere & (rng.random(n) < 0.8)).astype(
            np.int64
        ),
        "REG_CITY_NOT_LIVE_CITY": lives_in_other_city.astype(np.int64),
        "REG_CITY_NOT_WORK_CITY": works_in_other_city.astype(np.int64),
        "LIVE_CITY_NOT_WORK_CITY": (
            works_in_other_city & (rng.random(n) < 0.78)
        ).astype(np.int64),
    }


def _contact_columns(rng: Generator, person: _Person) -> Columns:
    n = len(person.age_years)
    changed = np.where(
        rng.random(n) < 0.12, 0.0, np.minimum(rng.gamma(1.5, 730.0, n), 4_200.0)
    )
    return {
        "FLAG_MOBIL": np.ones(n, dtype=np.int64),
        "FLAG_CONT_MOBILE": (rng.random(n) < 0.998).astype(np.int64),
        "FLAG_PHONE": (rng.random(n) < 0.281).astype(np.int64),
        "FLAG_EMAIL": (rng.random(n) < 0.0567).astype(np.int64),
        "DAYS_LAST_PHONE_CHANGE": 0.0 - rounded(changed, 0),
    }


def _circle_columns(rng: Generator, clients: Clients) -> Columns:
    n = len(clients)
    observed = np.minimum(rng.poisson(rng.gamma(0.55, 2.6, n)), 30)
    defaulted = rng.binomial(
        observed, np.clip(0.1 - 0.03 * clients.discipline, 0.01, 0.4)
    )
    defaulted_60 = rng.binomial(defaulted, 0.7)
    observed_60 = np.maximum(observed - (rng.random(n) < 0.02), defaulted_60)
    is_missing = rng.random(n) < 0.0033
    return {
        name: np.where(is_missing, np.nan, values.astype(np.float64))
        for name, values in (
            ("OBS_30_CNT_SOCIAL_CIRCLE", observed),
            ("DEF_30_CNT_SOCIAL_CIRCLE", defaulted),
            ("OBS_60_CNT_SOCIAL_CIRCLE", observed_60),
            ("DEF_60_CNT_SOCIAL_CIRCLE", defaulted_60),
        )
    }


def _document_and_enquiry_columns(rng: Generator, clients: Clients) -> Columns:
    n = len(clients)
    columns: Columns = {
        f"FLAG_DOCUMENT_{number}": (rng.random(n) < share).astype(np.int64)
        for number, share in _DOCUMENT_SHARES.items()
    }
    is_missing = rng.random(n) < 0.135
    for period, rate in _ENQUIRY_RATES.items():
        enquiries = rng.poisson(rate * np.exp(0.25 * clients.leverage - 0.03))
        columns[f"AMT_REQ_CREDIT_BUREAU_{period}"] = np.where(
            is_missing, np.nan, enquiries.astype(np.float64)
        )
    return columns


def _place_rare_codes(rng: Generator, clients: Clients, columns: Columns) -> None:
    """Put the published files' one-off values on a few labelled clients each."""
    candidates = clients.is_labelled.copy()
    candidates[:2] = False
    columns["CODE_GENDER"][pick_rare(rng, candidates, 0.000013)] = "XNA"
    unknown = pick_rare(rng, candidates, 0.0000065)
    columns["NAME_FAMILY_STATUS"][unknown] = "Unknown"
    columns["CNT_FAM_MEMBERS"][unknown] = np.nan
    columns["AMT_INCOME_TOTAL"][pick_rare(rng, candidates, 0.0)] = _OUTLIER_INCOME
    columns["AMT_ANNUITY"][pick_rare(rng, candidates, 0.00004)] = np.nan
