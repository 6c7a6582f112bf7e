{#-
    A sum of amounts without the last-bit noise of floating point, which depends
    on the order of rows and would make two builds of the same data differ.
    The source has three decimals.
-#}
{% macro exact_sum(amount, condition) -%}
    cast(
        round(
            cast(sum({{ amount }}) filter (where {{ condition }}) as numeric), 3
        ) as double precision
    )
{%- endmacro %}
