{#-
    The columns that a table really has, in their order: a query of `feature_name`,
    `position` from 0 and `data_type`, numeric or categorical.
-#}
{% macro physical_columns(relation) %}
    {{ return(adapter.dispatch('physical_columns')(relation)) }}
{% endmacro %}


{% macro postgres__physical_columns(relation) %}
    select
        cast(attname as text) as feature_name,
        attnum - 1 as position,
        case format_type(atttypid, null)
            when 'real' then 'numeric'
            when 'text' then 'categorical'
        end as data_type
    from pg_attribute
    where
        attrelid = cast('{{ relation }}' as regclass)
        and attnum > 0
        and not attisdropped
{% endmacro %}


{% macro spark__physical_columns(relation) %}
    {%- set kinds = {'float': 'numeric', 'string': 'categorical'} %}
    select *
    from (
        values
        {%- for column in adapter.get_columns_in_relation(relation) %}
        (
            '{{ column.name }}',
            {{ loop.index0 }},
            '{{ kinds.get(column.data_type, column.data_type) }}'
        ){{ ',' if not loop.last }}
        {%- endfor %}
    ) as physical (feature_name, position, data_type)
{% endmacro %}
