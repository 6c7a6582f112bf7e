{#-
    A DAYS_* column, negative before the application, as positive years. Taken
    from zero rather than negated, so that day 0 does not become -0.
-#}
{% macro years_before(days) -%}
    (0 - {{ days }}) / cast(365.25 as double precision)
{%- endmacro %}
