{#-
    Slope of the regression of `measure` on `along`, over the rows of `filter`; null
    where all rows have the same `along`.
-#}
{% macro regression_slope(measure, along, filter) %}
    {{ return(adapter.dispatch('regression_slope')(measure, along, filter)) }}
{% endmacro %}


{% macro postgres__regression_slope(measure, along, filter) %}
    {{ return('regr_slope(' ~ measure ~ ', ' ~ along ~ ')' ~ filter) }}
{% endmacro %}


{#- Spark's regr_slope divides by zero there. -#}
{% macro spark__regression_slope(measure, along, filter) %}
    {%- set pair = measure ~ ', ' ~ along -%}
    {{ return(
        'regr_sxy(' ~ pair ~ ')' ~ filter
        ~ ' / nullif(regr_sxx(' ~ pair ~ ')' ~ filter ~ ', 0)'
    ) }}
{% endmacro %}
