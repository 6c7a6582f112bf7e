{#- How many of `columns`, listed with commas, are known, or unknown. -#}
{% macro known_count(columns) %}
    {{ return(adapter.dispatch('known_count')(columns)) }}
{% endmacro %}


{% macro postgres__known_count(columns) %}
    {{ return('num_nonnulls(' ~ columns ~ ')') }}
{% endmacro %}


{% macro spark__known_count(columns) %}
    {{ return(spark_count_of(columns, 'is not null')) }}
{% endmacro %}


{% macro unknown_count(columns) %}
    {{ return(adapter.dispatch('unknown_count')(columns)) }}
{% endmacro %}


{% macro postgres__unknown_count(columns) %}
    {{ return('num_nulls(' ~ columns ~ ')') }}
{% endmacro %}


{% macro spark__unknown_count(columns) %}
    {{ return(spark_count_of(columns, 'is null')) }}
{% endmacro %}


{% macro spark_count_of(columns, condition) %}
    {%- set terms = [] -%}
    {%- for column in columns.split(',') -%}
        {%- do terms.append(
            'cast(' ~ column | trim ~ ' ' ~ condition ~ ' as integer)'
        ) -%}
    {%- endfor -%}
    {{ return('(' ~ terms | join(' + ') ~ ')') }}
{% endmacro %}
