import pytest

from bokeh_app.errors import UnknownVariableError
from bokeh_app.queries.catalogue import Catalogue, Variable
from bokeh_app.queries.population import (
    GROUPS,
    NEIGHBOUR_COUNT,
    NEIGHBOUR_MEASURES,
    Group,
    Population,
)
from bokeh_app.warehouse import Warehouse


@pytest.fixture
def amount(catalogue: Catalogue) -> Variable:
    return catalogue.variable("application_credit_amount")


@pytest.fixture
def category(catalogue: Catalogue) -> Variable:
    return next(v for v in catalogue.variables.values() if not v.is_numeric)


def one_of_each_unit(catalogue: Catalogue) -> list[Variable]:
    return list({v.unit: v for v in catalogue.variables.values()}.values())


def test_only_listed_names_become_columns(catalogue: Catalogue) -> None:
    with pytest.raises(UnknownVariableError):
        catalogue.variable("client_id; drop table marts.dim_client")


@pytest.mark.parametrize("group", GROUPS)
def test_bins_and_bands_both_hold_everybody_with_a_value(
    population: Population, amount: Variable, some_client: int, group: Group
) -> None:
    counted = population.distribution(amount, group, some_client)
    assert counted is not None
    for bars in (counted.bins, counted.bands):
        assert sum(bar.client_count for bar in bars) == counted.known_count
        assert all(b.default_count <= b.labelled_count <= b.client_count for b in bars)
        assert all(bar.left < bar.right for bar in bars)


def test_every_unit_of_variable_can_be_compared(
    population: Population, catalogue: Catalogue, some_client: int
) -> None:
    for variable in one_of_each_unit(catalogue):
        assert population.counted(variable, "all", some_client), variable.name
        standing = population.standing(variable, "all", some_client)
        assert standing.below_count + standing.equal_count <= standing.known_count


def test_a_band_s_default_rate_is_that_of_its_clients(
    population: Population, marts: Warehouse, amount: Variable
) -> None:
    counted = population.distribution(amount, "all", 0)
    assert counted is not None
    band = counted.bands[2]
    direct = marts.row(
        """
        select
            count(*) as clients,
            count(*) filter (where is_default) as defaults
        from features.client_features
        inner join marts.dim_client using (client_id)
        where
            application_credit_amount >= %(left)s
            and application_credit_amount < %(right)s
        """,
        {"left": band.left, "right": band.right},
    )
    assert direct is not None
    assert (band.client_count, band.default_count) == (
        direct["clients"],
        direct["defaults"],
    )


def test_the_nearest_are_so_many_and_closer_than_the_average(
    population: Population, marts: Warehouse, amount: Variable, some_client: int
) -> None:
    near = population.distribution(amount, "similar", some_client)
    everyone = population.distribution(amount, "all", some_client)
    assert near is not None and everyone is not None
    assert near.client_count == NEIGHBOUR_COUNT
    assert near.high - near.low < everyone.high - everyone.low


@pytest.mark.parametrize("measure", ["income", "credit", "annuity"])
def test_a_missing_amount_is_no_small_amount(marts: Warehouse, measure: str) -> None:
    row = marts.row(
        f"select {NEIGHBOUR_MEASURES[measure].format(client='nobody')} as value "
        f"from (select null::double precision as {measure}_amount) as nobody"
    )
    assert row == {"value": None}


def test_a_small_group_has_bands_large_enough_for_a_share(
    population: Population, amount: Variable, some_client: int
) -> None:
    near = population.distribution(amount, "similar", some_client)
    everyone = population.distribution(amount, "all", some_client)
    assert near is not None and everyone is not None
    assert len(near.bands) < len(everyone.bands) == 8
    outcomes = sum(band.labelled_count for band in near.bands)
    assert outcomes >= 30 * len(near.bands) or len(near.bands) == 1


def test_a_flag_has_a_band_for_each_of_its_values(
    population: Population, catalogue: Catalogue
) -> None:
    for flag in (v for v in catalogue.variables.values() if v.unit == "flag"):
        counted = population.distribution(flag, "all", 0)
        if counted is not None:
            spans = [(bar.left, bar.right) for bar in counted.bands]
            assert set(spans) <= {(-0.5, 0.5), (0.5, 1.5)}, flag.name
            assert (counted.low, counted.high) == (-0.5, 1.5)


def test_the_client_with_the_least_value_stands_at_the_lowest_edge(
    population: Population, catalogue: Catalogue, marts: Warehouse
) -> None:
    variable = catalogue.variable("application_external_score_2")
    least = marts.row(
        """
        select client_id
        from features.client_features
        where application_external_score_2 is not null
        order by application_external_score_2
        limit 1
        """
    )
    counted = population.distribution(variable, "all", 0)
    assert least is not None and counted is not None
    standing = population.standing(variable, "all", least["client_id"])
    assert standing.below_count == 0
    assert standing.value == counted.bands[0].left
    position = population.position(variable, variable, least["client_id"])
    assert position == (standing.value, standing.value)


def test_the_same_profile_is_a_part_of_all(
    population: Population, amount: Variable, some_client: int
) -> None:
    profile = population.distribution(amount, "profile", some_client)
    everyone = population.distribution(amount, "all", some_client)
    assert profile is not None and everyone is not None
    assert 0 < profile.client_count < everyone.client_count


def test_categories_share_all_clients_out(
    population: Population, marts: Warehouse, category: Variable
) -> None:
    counted = population.categories(category, "all", 0)
    everyone = marts.row("select count(*) as n from marts.dim_client")
    assert everyone is not None
    assert sum(one.client_count for one in counted) == everyone["n"]


def test_the_standing_counts_those_below_and_level(
    population: Population, marts: Warehouse, amount: Variable, some_client: int
) -> None:
    standing = population.standing(amount, "all", some_client)
    direct = marts.row(
        """
        select
            count(*) filter (where f.application_credit_amount < c.value) as below,
            count(*) filter (where f.application_credit_amount = c.value) as level
        from features.client_features as f
        cross join (
            select application_credit_amount as value
            from features.client_features
            where client_id = %(client_id)s
        ) as c
        """,
        {"client_id": some_client},
    )
    assert direct is not None
    assert (standing.below_count, standing.equal_count) == (
        direct["below"],
        direct["level"],
    )


def test_an_unknown_client_has_no_standing(
    population: Population, amount: Variable
) -> None:
    assert population.standing(amount, "all", 999_999_999).value is None


def test_the_density_holds_everybody_with_both_values(
    population: Population, marts: Warehouse, catalogue: Catalogue
) -> None:
    x = catalogue.variable("application_age_years")
    y = catalogue.variable("application_credit_amount")
    density = population.density(x, y)
    everyone = marts.row(
        """
        select count(*) as n
        from features.client_features
        where
            application_age_years is not null
            and application_credit_amount is not null
        """
    )
    assert density is not None and everyone is not None
    assert sum(cell.client_count for cell in density.cells) == everyone["n"]
    assert len(density.cells) <= 32 * 32
