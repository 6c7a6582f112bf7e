{# Quotient in double precision; null where the denominator is zero or unknown. #}
{% macro ratio(numerator, denominator) -%}
    cast({{ numerator }} as double precision) / nullif({{ denominator }}, 0)
{%- endmacro %}


{# The number where it is positive, else zero; null stays null (greatest skips it). #}
{% macro positive_part(expression) -%}
    case when {{ expression }} < 0 then 0 else {{ expression }} end
{%- endmacro %}


{#
    A number as `real`. What real cannot hold as a finite number (infinity, NaN,
    beyond 1e30) becomes null; what is too small for it becomes zero.
#}
{% macro as_real(expression) -%}
    cast(case
            when abs({{ expression }}) < 1e-30 then 0
            when abs({{ expression }}) <= 1e30 then {{ expression }}
        end as real)
{%- endmacro %}


{#
    Logarithm of the odds of a share; shares nearer than a thousandth to 0 or 1 count
    as a thousandth away, so that it is finite.
#}
{% macro log_odds(share) -%}
    ln(case when {{ share }} < 0.001 then 0.001
        when {{ share }} > 0.999 then 0.999 else {{ share }} end
        / (1 - case when {{ share }} < 0.001 then 0.001
        when {{ share }} > 0.999 then 0.999 else {{ share }} end))
{%- endmacro %}
