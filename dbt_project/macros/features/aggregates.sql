{# The aggregates that a specification may name, with their meaning. #}
{% macro aggregate_meanings() %}
    {{ return({
        'count': 'rows',
        'distinct_count': 'different values',
        'share': 'part of the rows for which a condition holds, unknown left out',
        'any': 'whether the condition holds at least once',
        'mean': 'average',
        'max': 'largest value',
        'min': 'smallest value',
        'sum': 'total',
        'deviation': 'sample standard deviation',
        'ratio': 'sum over sum, of the rows where both are known',
        'trend': 'slope of the regression along time, change per year',
        'recent_mean': 'average with weights that halve in about eight months',
        'last': "the value of the one row that the measure's condition or window picks",
        'latest': 'largest value among the rows of the latest month',
    }) }}
{% endmacro %}


{#
    An aggregate of a measure as SQL over the rows that satisfy `condition`. A measure
    gives `of` (column or expression), and where the aggregate asks for it `per` (ratio),
    `along` (trend, latest) and `weight` (recent_mean). A share's `known` is a column
    that is null exactly where `of` is: PostgreSQL counts it once for all shares of it.

    latest is for whole numbers from 0 to 999 along -9999 to 0: one number then tells
    both, in one pass over the rows.
#}
{% macro feature_aggregate(aggregate, measure, condition) %}
    {% set conditions = [condition] if condition else [] %}
    {% if aggregate == 'ratio' %}
        {% do conditions.append(measure.of ~ ' is not null') %}
        {% do conditions.append(measure.per ~ ' is not null') %}
    {% elif aggregate in ('latest', 'recent_mean') %}
        {% do conditions.append(measure.of ~ ' is not null') %}
    {% endif %}
    {% set filter = ' filter (where ' ~ conditions | join(' and ') ~ ')'
        if conditions else '' %}
    {% set of = measure.of %}

    {% if aggregate == 'count' %}
        {% set sql = 'count(*)' ~ filter %}
    {% elif aggregate == 'distinct_count' %}
        {% set sql = 'count(distinct ' ~ of ~ ')' ~ filter %}
    {% elif aggregate == 'share' %}
        {% set holds = (conditions + ['(' ~ of ~ ')']) | join(' and ') %}
        {% set sql = ratio(
            'count(*) filter (where ' ~ holds ~ ')',
            'count(' ~ measure.get('known', of) ~ ')' ~ filter
        ) %}
    {% elif aggregate == 'any' %}
        {% set sql = 'max(cast(' ~ of ~ ' as integer))' ~ filter %}
    {% elif aggregate == 'mean' %}
        {% set sql = 'avg(' ~ of ~ ')' ~ filter %}
    {% elif aggregate in ('max', 'min', 'sum') %}
        {% set sql = aggregate ~ '(' ~ of ~ ')' ~ filter %}
    {% elif aggregate == 'last' %}
        {% set sql = 'max(' ~ of ~ ')' ~ filter %}
    {% elif aggregate == 'latest' %}
        {% set sql = 'mod(max((' ~ measure.along ~ ' + 10000) * 1000 + ' ~ of ~ ')'
            ~ filter ~ ', 1000)' %}
    {% elif aggregate == 'deviation' %}
        {% set sql = 'stddev_samp(' ~ of ~ ')' ~ filter %}
    {% elif aggregate == 'trend' %}
        {% set sql = regression_slope(of, measure.along, filter) %}
    {% elif aggregate == 'ratio' %}
        {% set sql = ratio(
            'sum(' ~ of ~ ')' ~ filter, 'sum(' ~ measure.per ~ ')' ~ filter
        ) %}
    {% elif aggregate == 'recent_mean' %}
        {% set sql = ratio(
            'sum(' ~ of ~ ' * ' ~ measure.weight ~ ')' ~ filter,
            'sum(' ~ measure.weight ~ ')' ~ filter
        ) %}
    {% else %}
        {% do exceptions.raise_compiler_error(
            "Unknown aggregate '" ~ aggregate ~ "' of measure '"
            ~ measure.measure ~ "': see macros/features/aggregates.sql."
        ) %}
    {% endif %}

    {{ return(sql) }}
{% endmacro %}
