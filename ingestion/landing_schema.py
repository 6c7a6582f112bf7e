"""The eight landing tables: published headers with the type that each column lands in.

A column is ``integer`` only where the published files write it without decimals in
every row. Everything else that is a number is ``double precision``, because the
files write whole numbers as ``12.0`` wherever a column also has missing values.
"""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from psycopg2 import sql

ColumnType = Literal["integer", "double precision", "text"]

RAW_SCHEMA: Final = "raw"


@dataclass(frozen=True, slots=True)
class Column:
    """One published column.

    Attributes
    ----------
    published_name : str
        The name in the CSV header, for instance ``AMT_CREDIT``.
    type : {"integer", "double precision", "text"}
        PostgreSQL type in the landing table.
    """

    published_name: str
    type: ColumnType

    @property
    def name(self) -> str:
        """Name in the landing table: the published one in lower case."""
        return self.published_name.lower()


@dataclass(frozen=True, slots=True)
class LandingTable:
    """One published file and the table it lands in.

    Attributes
    ----------
    name : str
        Table in schema ``raw``.
    published_name : str
        File name without ``.csv``, case-sensitive.
    columns : tuple of Column
        In the order of the file's header.
    is_required : bool
        Whether a load without this file is refused.
    """

    name: str
    published_name: str
    columns: tuple[Column, ...]
    is_required: bool = False

    @property
    def file_name(self) -> str:
        """Published file name, for instance ``POS_CASH_balance.csv``."""
        return f"{self.published_name}.csv"

    @property
    def header(self) -> tuple[str, ...]:
        """Published column names in order."""
        return tuple(column.published_name for column in self.columns)

    @property
    def identifier(self) -> sql.Identifier:
        """Schema-qualified, quoted table name."""
        return sql.Identifier(RAW_SCHEMA, self.name)

    def create_statement(self) -> sql.Composed:
        """DDL of the table, derived from `columns`."""
        definitions = [
            sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(column.type))
            for column in self.columns
        ]
        return sql.SQL("create table {} ({})").format(
            self.identifier, sql.SQL(", ").join(definitions)
        )


def _columns(text: str) -> tuple[Column, ...]:
    """Read ``NAME type`` lines; several names may share a line and its type."""
    columns: list[Column] = []
    for line in text.strip().splitlines():
        names, _, declared = line.strip().partition(": ")
        column_type = next(known for known in get_args(ColumnType) if known == declared)
        columns.extend(Column(name, column_type) for name in names.split())
    return tuple(columns)


_TARGET = (Column("TARGET", "integer"),)

_APPLICATION_KEY = (Column("SK_ID_CURR", "integer"),)

_APPLICATION_REQUEST_AND_CLIENT = _columns("""
    NAME_CONTRACT_TYPE CODE_GENDER FLAG_OWN_CAR FLAG_OWN_REALTY: text
    CNT_CHILDREN: integer
    AMT_INCOME_TOTAL AMT_CREDIT AMT_ANNUITY AMT_GOODS_PRICE: double precision
    NAME_TYPE_SUITE NAME_INCOME_TYPE NAME_EDUCATION_TYPE: text
    NAME_FAMILY_STATUS NAME_HOUSING_TYPE: text
    REGION_POPULATION_RELATIVE: double precision
    DAYS_BIRTH DAYS_EMPLOYED: integer
    DAYS_REGISTRATION: double precision
    DAYS_ID_PUBLISH: integer
    OWN_CAR_AGE: double precision
    FLAG_MOBIL FLAG_EMP_PHONE FLAG_WORK_PHONE FLAG_CONT_MOBILE: integer
    FLAG_PHONE FLAG_EMAIL: integer
    OCCUPATION_TYPE: text
    CNT_FAM_MEMBERS: double precision
    REGION_RATING_CLIENT REGION_RATING_CLIENT_W_CITY: integer
    WEEKDAY_APPR_PROCESS_START: text
    HOUR_APPR_PROCESS_START: integer
    REG_REGION_NOT_LIVE_REGION REG_REGION_NOT_WORK_REGION: integer
    LIVE_REGION_NOT_WORK_REGION: integer
    REG_CITY_NOT_LIVE_CITY REG_CITY_NOT_WORK_CITY LIVE_CITY_NOT_WORK_CITY: integer
    ORGANIZATION_TYPE: text
    EXT_SOURCE_1 EXT_SOURCE_2 EXT_SOURCE_3: double precision
""")

HOUSING_MEASURES: Final = (
    "APARTMENTS",
    "BASEMENTAREA",
    "YEARS_BEGINEXPLUATATION",
    "YEARS_BUILD",
    "COMMONAREA",
    "ELEVATORS",
    "ENTRANCES",
    "FLOORSMAX",
    "FLOORSMIN",
    "LANDAREA",
    "LIVINGAPARTMENTS",
    "LIVINGAREA",
    "NONLIVINGAPARTMENTS",
    "NONLIVINGAREA",
)
HOUSING_STATISTICS: Final = ("AVG", "MODE", "MEDI")

_APPLICATION_HOUSING = tuple(
    Column(f"{measure}_{statistic}", "double precision")
    for statistic in HOUSING_STATISTICS
    for measure in HOUSING_MEASURES
) + _columns("""
    FONDKAPREMONT_MODE HOUSETYPE_MODE: text
    TOTALAREA_MODE: double precision
    WALLSMATERIAL_MODE EMERGENCYSTATE_MODE: text
""")

_APPLICATION_CIRCLE_DOCUMENTS_AND_ENQUIRIES = _columns("""
    OBS_30_CNT_SOCIAL_CIRCLE DEF_30_CNT_SOCIAL_CIRCLE: double precision
    OBS_60_CNT_SOCIAL_CIRCLE DEF_60_CNT_SOCIAL_CIRCLE: double precision
    DAYS_LAST_PHONE_CHANGE: double precision
    FLAG_DOCUMENT_2 FLAG_DOCUMENT_3 FLAG_DOCUMENT_4 FLAG_DOCUMENT_5: integer
    FLAG_DOCUMENT_6 FLAG_DOCUMENT_7 FLAG_DOCUMENT_8 FLAG_DOCUMENT_9: integer
    FLAG_DOCUMENT_10 FLAG_DOCUMENT_11 FLAG_DOCUMENT_12 FLAG_DOCUMENT_13: integer
    FLAG_DOCUMENT_14 FLAG_DOCUMENT_15 FLAG_DOCUMENT_16 FLAG_DOCUMENT_17: integer
    FLAG_DOCUMENT_18 FLAG_DOCUMENT_19 FLAG_DOCUMENT_20 FLAG_DOCUMENT_21: integer
    AMT_REQ_CREDIT_BUREAU_HOUR AMT_REQ_CREDIT_BUREAU_DAY: double precision
    AMT_REQ_CREDIT_BUREAU_WEEK AMT_REQ_CREDIT_BUREAU_MON: double precision
    AMT_REQ_CREDIT_BUREAU_QRT AMT_REQ_CREDIT_BUREAU_YEAR: double precision
""")

_APPLICATION_DETAILS = (
    _APPLICATION_REQUEST_AND_CLIENT
    + _APPLICATION_HOUSING
    + _APPLICATION_CIRCLE_DOCUMENTS_AND_ENQUIRIES
)

APPLICATION_TRAIN: Final = LandingTable(
    name="application_train",
    published_name="application_train",
    columns=_APPLICATION_KEY + _TARGET + _APPLICATION_DETAILS,
    is_required=True,
)

APPLICATION_TEST: Final = LandingTable(
    name="application_test",
    published_name="application_test",
    columns=_APPLICATION_KEY + _APPLICATION_DETAILS,
)

BUREAU: Final = LandingTable(
    name="bureau",
    published_name="bureau",
    columns=_columns("""
        SK_ID_CURR SK_ID_BUREAU: integer
        CREDIT_ACTIVE CREDIT_CURRENCY: text
        DAYS_CREDIT CREDIT_DAY_OVERDUE: integer
        DAYS_CREDIT_ENDDATE DAYS_ENDDATE_FACT AMT_CREDIT_MAX_OVERDUE: double precision
        CNT_CREDIT_PROLONG: integer
        AMT_CREDIT_SUM AMT_CREDIT_SUM_DEBT AMT_CREDIT_SUM_LIMIT: double precision
        AMT_CREDIT_SUM_OVERDUE: double precision
        CREDIT_TYPE: text
        DAYS_CREDIT_UPDATE: integer
        AMT_ANNUITY: double precision
    """),
)

BUREAU_BALANCE: Final = LandingTable(
    name="bureau_balance",
    published_name="bureau_balance",
    columns=_columns("""
        SK_ID_BUREAU MONTHS_BALANCE: integer
        STATUS: text
    """),
)

PREVIOUS_APPLICATION: Final = LandingTable(
    name="previous_application",
    published_name="previous_application",
    columns=_columns("""
        SK_ID_PREV SK_ID_CURR: integer
        NAME_CONTRACT_TYPE: text
        AMT_ANNUITY AMT_APPLICATION AMT_CREDIT: double precision
        AMT_DOWN_PAYMENT AMT_GOODS_PRICE: double precision
        WEEKDAY_APPR_PROCESS_START: text
        HOUR_APPR_PROCESS_START: integer
        FLAG_LAST_APPL_PER_CONTRACT: text
        NFLAG_LAST_APPL_IN_DAY: integer
        RATE_DOWN_PAYMENT RATE_INTEREST_PRIMARY: double precision
        RATE_INTEREST_PRIVILEGED: double precision
        NAME_CASH_LOAN_PURPOSE NAME_CONTRACT_STATUS: text
        DAYS_DECISION: integer
        NAME_PAYMENT_TYPE CODE_REJECT_REASON NAME_TYPE_SUITE NAME_CLIENT_TYPE: text
        NAME_GOODS_CATEGORY NAME_PORTFOLIO NAME_PRODUCT_TYPE CHANNEL_TYPE: text
        SELLERPLACE_AREA: integer
        NAME_SELLER_INDUSTRY: text
        CNT_PAYMENT: double precision
        NAME_YIELD_GROUP PRODUCT_COMBINATION: text
        DAYS_FIRST_DRAWING DAYS_FIRST_DUE DAYS_LAST_DUE_1ST_VERSION: double precision
        DAYS_LAST_DUE DAYS_TERMINATION NFLAG_INSURED_ON_APPROVAL: double precision
    """),
)

POS_CASH_BALANCE: Final = LandingTable(
    name="pos_cash_balance",
    published_name="POS_CASH_balance",
    columns=_columns("""
        SK_ID_PREV SK_ID_CURR MONTHS_BALANCE: integer
        CNT_INSTALMENT CNT_INSTALMENT_FUTURE: double precision
        NAME_CONTRACT_STATUS: text
        SK_DPD SK_DPD_DEF: integer
    """),
)

CREDIT_CARD_BALANCE: Final = LandingTable(
    name="credit_card_balance",
    published_name="credit_card_balance",
    columns=_columns("""
        SK_ID_PREV SK_ID_CURR MONTHS_BALANCE: integer
        AMT_BALANCE: double precision
        AMT_CREDIT_LIMIT_ACTUAL: integer
        AMT_DRAWINGS_ATM_CURRENT AMT_DRAWINGS_CURRENT: double precision
        AMT_DRAWINGS_OTHER_CURRENT AMT_DRAWINGS_POS_CURRENT: double precision
        AMT_INST_MIN_REGULARITY AMT_PAYMENT_CURRENT: double precision
        AMT_PAYMENT_TOTAL_CURRENT AMT_RECEIVABLE_PRINCIPAL: double precision
        AMT_RECIVABLE AMT_TOTAL_RECEIVABLE CNT_DRAWINGS_ATM_CURRENT: double precision
        CNT_DRAWINGS_CURRENT: integer
        CNT_DRAWINGS_OTHER_CURRENT CNT_DRAWINGS_POS_CURRENT: double precision
        CNT_INSTALMENT_MATURE_CUM: double precision
        NAME_CONTRACT_STATUS: text
        SK_DPD SK_DPD_DEF: integer
    """),
)

INSTALLMENTS_PAYMENTS: Final = LandingTable(
    name="installments_payments",
    published_name="installments_payments",
    columns=_columns("""
        SK_ID_PREV SK_ID_CURR: integer
        NUM_INSTALMENT_VERSION: double precision
        NUM_INSTALMENT_NUMBER: integer
        DAYS_INSTALMENT DAYS_ENTRY_PAYMENT AMT_INSTALMENT AMT_PAYMENT: double precision
    """),
)

LANDING_TABLES: Final = (
    APPLICATION_TRAIN,
    APPLICATION_TEST,
    BUREAU,
    BUREAU_BALANCE,
    PREVIOUS_APPLICATION,
    POS_CASH_BALANCE,
    CREDIT_CARD_BALANCE,
    INSTALLMENTS_PAYMENTS,
)
