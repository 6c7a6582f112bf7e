{#
    The aggregates a specification may name, as SQL over the rows that satisfy
    `condition`. A measure gives `of` (column or expression) and, by aggregate:

    count           rows
    distinct_count  different values
    share           part of the rows for which a condition holds (unknown: left out)
    any             whether the condition holds at least once
    mean, max, min, sum, deviation
    ratio           sum over sum (`per`), rows where both are known
    trend           slope of the regression on `along` (change per year)
    recent_mean     mean weighted by `weight`
    last            the value of the one row that the measure's `where` picks
#}
{% macro feature_aggregate(aggregate, measure, condition) %}
    {% set conditions = [condition] if condition else [] %}
    {% if aggregate == 'ratio' %}
        {% do conditions.append(measure.of ~ ' is not null') %}
        {% do conditions.append(measure.per ~ ' is not null') %}
    {% elif aggregate == 'recent_mean' %}
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
        {% set sql = 'avg(cast(' ~ of ~ ' as integer))' ~ filter %}
    {% elif aggregate == 'any' %}
        {% set sql = 'max(cast(' ~ of ~ ' as integer))' ~ filter %}
    {% elif aggregate == 'mean' %}
        {% set sql = 'avg(' ~ of ~ ')' ~ filter %}
    {% elif aggregate in ('max', 'min', 'sum') %}
        {% set sql = aggregate ~ '(' ~ of ~ ')' ~ filter %}
    {% elif aggregate == 'last' %}
        {% set sql = 'max(' ~ of ~ ')' ~ filter %}
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
