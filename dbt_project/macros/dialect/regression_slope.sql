{#-
    Slope of the regression of `measure` on `along`, over the rows of `filter`; null
    where all rows have the same `along`. Rounded, because equal values leave a slope of
    rounding errors, on which trees would split.
-#}
{% macro regression_slope(measure, along, filter) %}
    {{ return(adapter.dispatch('regression_slope')(measure, along, filter)) }}
{% endmacro %}


{% macro postgres__regression_slope(measure, along, filter) %}
    {%- set slope = 'regr_slope(' ~ measure ~ ', ' ~ along ~ ')' ~ filter -%}
    {{ return('cast(round(cast(' ~ slope ~ ' as numeric), 9) as double precision)') }}
{% endmacro %}


{#- Spark's regr_slope divides by zero there. -#}
{% macro spark__regression_slope(measure, along, filter) %}
    {%- set pair = measure ~ ', ' ~ along -%}
    {{ return(
        'round(regr_sxy(' ~ pair ~ ')' ~ filter
        ~ ' / nullif(regr_sxx(' ~ pair ~ ')' ~ filter ~ ', 0), 9)'
    ) }}
{% endmacro %}
