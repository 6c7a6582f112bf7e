from collections.abc import Callable

import pytest

from bokeh_app.errors import UnknownVariableError
from bokeh_app.queries.catalogue import Catalogue, Variable
from bokeh_app.queries.distribution import Category, Distribution
from bokeh_app.queries.groups import GROUPS, Group, Members
from bokeh_app.queries.population import Population
from bokeh_app.queries.similar import MEASURES, NEIGHBOUR_COUNT
from bokeh_app.sources.warehouse import Warehouse


@pytest.fixture
def amount(catalogue: Catalogue) -> Variable:
    return catalogue.variable("application_credit_amount")


@pytest.fixture
def category(catalogue: Catalogue) -> Variable:
    return next(v for v in catalogue.variables.values() if not v.is_numeric)


@pytest.fixture
def distribution(
    population: Population, catalogue: Catalogue
) -> Callable[..., Distribution]:
    """Count a numeric variable over a group, with criteria for a chosen one."""

    def count(
        variable: Variable, group: Group = "all", client: int = 0, **chosen: str
    ) -> Distribution:
        members = population.members(catalogue, group, client, chosen)
        counted = population.counted(variable, members)
        assert isinstance(counted, Distribution)
        return counted

    return count


Distributed = Callable[..., Distribution]


def one_of_each_unit(catalogue: Catalogue) -> list[Variable]:
    return list({v.unit: v for v in catalogue.variables.values()}.values())


def test_only_listed_names_become_columns(catalogue: Catalogue) -> None:
    with pytest.raises(UnknownVariableError):
        catalogue.variable("client_id; drop table marts.dim_client")


@pytest.mark.parametrize("group", GROUPS)
def test_bins_and_bands_both_hold_everybody_with_a_value(
    distribution: Distributed, amount: Variable, some_client: int, group: Group
) -> None:
    counted = distribution(amount, group, some_client)
    for bars in (counted.bins, counted.bands):
        assert sum(bar.client_count for bar in bars) == counted.known_count
        assert all(b.default_count <= b.labelled_count <= b.client_count for b in bars)
        assert all(bar.left < bar.right for bar in bars)


def test_every_unit_of_variable_can_be_compared(
    population: Population, catalogue: Catalogue, some_client: int
) -> None:
    for variable in one_of_each_unit(catalogue):
        assert population.counted(variable, Members()), variable.name
        standing = population.standing(variable, Members(), some_client)
        assert standing.below_count + standing.equal_count <= standing.known_count


def test_a_band_s_default_rate_is_that_of_its_clients(
    distribution: Distributed, marts: Warehouse, amount: Variable
) -> None:
    counted = distribution(amount)
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
    distribution: Distributed, amount: Variable, some_client: int
) -> None:
    near, everyone = (
        distribution(amount, "similar", some_client),
        distribution(amount),
    )
    assert near.client_count == NEIGHBOUR_COUNT
    assert near.high - near.low < everyone.high - everyone.low


def test_the_nearest_are_those_of_a_search_through_all(
    population: Population, catalogue: Catalogue, marts: Warehouse, some_client: int
) -> None:
    def measure(feature: str, is_amount: bool) -> str:
        known = f"ln(greatest({feature}, 1))" if is_amount else feature
        return f"case when {feature} is not null then {known} end"

    spread = ", ".join(
        f"avg({measure(one.feature, one.is_amount)})::float8 as {one.feature}_mean,"
        f" stddev_samp({measure(one.feature, one.is_amount)})::float8"
        f" as {one.feature}_deviation"
        for one in MEASURES
    )
    placed = ", ".join(
        f"(coalesce({measure(one.feature, one.is_amount)}, {one.feature}_mean))"
        f" / {one.feature}_deviation as {one.feature}_place"
        for one in MEASURES
    )
    distance = " + ".join(
        f"power(other.{one.feature}_place - own.{one.feature}_place, 2)"
        for one in MEASURES
    )
    rows = marts.rows(
        f"""
        with spread as (select {spread} from features.client_features),
        placed as (
            select client_id, {placed}
            from features.client_features cross join spread
        )
        select other.client_id
        from placed as own
        inner join placed as other on own.client_id <> other.client_id
        where own.client_id = %(client_id)s
        order by {distance}, other.client_id
        limit %(count)s
        """,
        {"client_id": some_client, "count": NEIGHBOUR_COUNT},
    )
    members = population.members(catalogue, "similar", some_client, {})
    found = set(members.client_ids or ())
    assert len(found & {row["client_id"] for row in rows}) >= NEIGHBOUR_COUNT - 1


def test_a_small_group_has_bands_large_enough_for_a_share(
    distribution: Distributed, amount: Variable, some_client: int
) -> None:
    near, everyone = (
        distribution(amount, "similar", some_client),
        distribution(amount),
    )
    assert len(near.bands) < len(everyone.bands) == 8
    outcomes = sum(band.labelled_count for band in near.bands)
    assert outcomes >= 30 * len(near.bands) or len(near.bands) == 1


def test_a_flag_has_a_band_for_each_of_its_values(
    population: Population, catalogue: Catalogue
) -> None:
    for flag in (v for v in catalogue.variables.values() if v.unit == "flag"):
        counted = population.counted(flag, Members())
        if isinstance(counted, Distribution):
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
    counted = population.counted(variable, Members())
    assert least is not None and isinstance(counted, Distribution)
    standing = population.standing(variable, Members(), least["client_id"])
    assert standing.below_count == 0
    assert standing.value == counted.bands[0].left
    position = population.position(variable, variable, least["client_id"])
    assert position == (standing.value, standing.value)


def test_the_same_profile_is_a_part_of_all(
    distribution: Distributed, amount: Variable, some_client: int
) -> None:
    profile, everyone = (
        distribution(amount, "profile", some_client),
        distribution(amount),
    )
    assert 0 < profile.client_count < everyone.client_count


def test_categories_share_all_clients_out(
    population: Population, marts: Warehouse, category: Variable
) -> None:
    counted = population.counted(category, Members())
    assert isinstance(counted, tuple)
    everyone = marts.row("select count(*) as n from marts.dim_client")
    assert everyone is not None
    assert sum(one.client_count for one in counted) == everyone["n"]


def test_the_standing_counts_those_below_and_level(
    population: Population, marts: Warehouse, amount: Variable, some_client: int
) -> None:
    standing = population.standing(amount, Members(), some_client)
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
    assert population.standing(amount, Members(), 999_999_999).value is None


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


@pytest.mark.parametrize(
    ("chosen", "condition"),
    [
        ({"age_band": "from_30_to_39"}, "age_years >= 30 and age_years < 40"),
        ({"contract_type": "Cash loans"}, "contract_type = 'Cash loans'"),
        (
            {"age_band": "from_60", "income_type": "Pensioner"},
            "age_years >= 60 and income_type = 'Pensioner'",
        ),
        ({"occupation": "' or true --", "age_band": "of_gold"}, "true"),
    ],
)
def test_a_chosen_group_is_everybody_who_meets_the_criteria(
    distribution: Distributed,
    marts: Warehouse,
    amount: Variable,
    chosen: dict[str, str],
    condition: str,
) -> None:
    counted = distribution(amount, "chosen", **chosen)
    direct = marts.row(
        f"select count(*) as clients from marts.dim_client where {condition}"
    )
    assert direct is not None and direct["clients"] > 0
    assert counted.client_count == direct["clients"]


def test_clients_without_a_value_are_counted_with_their_outcomes(
    distribution: Distributed, catalogue: Catalogue, marts: Warehouse
) -> None:
    counted = distribution(catalogue.variable("application_external_score_1"))
    direct = marts.row(
        """
        select
            count(*) as clients,
            count(is_default) as labelled,
            count(*) filter (where is_default) as defaults
        from features.client_features
        inner join marts.dim_client using (client_id)
        where application_external_score_1 is null
        """
    )
    assert direct is not None and direct["clients"] > 0
    assert counted.missing == Category(
        None, direct["clients"], direct["labelled"], direct["defaults"]
    )


def test_blocks_hold_every_value_of_every_client(
    marts: Warehouse, catalogue: Catalogue
) -> None:
    for variable in one_of_each_unit(catalogue):
        kind = "numbers" if variable.is_numeric else "codes"
        different = marts.row(
            f"""
            select count(*) as n
            from (
                select unnest(client_ids) as client_id, unnest({kind}) as value
                from features.client_block
                inner join features.feature_block using (client_block)
                where feature_name = %(name)s
            ) as unpacked
            full join features.client_features using (client_id)
            where unpacked.value is distinct from client_features.{variable.name}
            """,
            {"name": variable.name},
        )
        assert different == {"n": 0}, variable.name


def test_blocks_are_made_by_the_settings_of_their_model(marts: Warehouse) -> None:
    made = marts.rows(
        """
        select distinct pg_column_compression(numbers) as way
        from features.feature_block
        where pg_column_compression(numbers) is not null
        """
    )
    assert made == [{"way": "lz4"}]


def test_typical_values_are_medians_and_most_frequent_codes(
    population: Population, amount: Variable, category: Variable, marts: Warehouse
) -> None:
    typical = population.typical.of([amount, category])
    direct = marts.row(
        f"""
        select
            percentile_disc(0.5) within group (order by {amount.name}) as median,
            mode() within group (order by {category.name}) as code,
            count(*) as clients
        from features.client_features
        """
    )
    assert direct is not None
    seen = [typical[one.name] for one in (amount, category)]
    assert [one and one.value for one in seen] == [direct["median"], direct["code"]]
    assert population.typical.sample_size() == direct["clients"]
