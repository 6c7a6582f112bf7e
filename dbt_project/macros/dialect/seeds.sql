{#-
    Seeds on Spark. dbt-spark's own session method puts a seed's values into its SQL
    unescaped: an apostrophe ends the statement, and a null becomes the word None.
-#}
{% macro spark__create_csv_table(model, agate_table) %}
    {%- set create_sql %}
    create table {{ this }} (
        {%- for name, type in seed_columns(model, agate_table).items() %}
        {{ name }} {{ type }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
    {{ file_format_clause() }}
    {{ comment_clause() }}
    {% endset -%}
    {% call statement('create_seed') -%}
        {{ create_sql }}
    {%- endcall %}
    {{ return(create_sql) }}
{% endmacro %}


{% macro spark__load_csv_rows(model, agate_table) %}
    {%- set columns = seed_columns(model, agate_table) -%}
    {%- set insert_sql %}
    insert into {{ this }}
    select
        {%- for name, type in columns.items() %}
        cast({{ name }} as {{ type }}){{ ',' if not loop.last }}
        {%- endfor %}
    from (
        values
        {%- for row in agate_table.rows %}
        (
            {%- for value in row -%}
            {{ spark_literal(value) }}{{ ', ' if not loop.last }}
            {%- endfor -%}
        ){{ ',' if not loop.last }}
        {%- endfor %}
    ) as seed ({{ columns.keys() | join(', ') }})
    {% endset -%}
    {% call statement('fill_seed') -%}
        {{ insert_sql }}
    {%- endcall %}
    {{ return(insert_sql) }}
{% endmacro %}


{#- The seed's columns with their types, declared or as dbt infers them. -#}
{% macro seed_columns(model, agate_table) %}
    {%- set declared = model.config.get('column_types', {}) -%}
    {%- set columns = {} -%}
    {%- for name in agate_table.column_names -%}
        {%- do columns.update({name: spark_type(
            declared.get(name) or adapter.convert_type(agate_table, loop.index0)
        )}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}


{% macro spark_literal(value) %}
    {%- if value is none -%}
        {{ return('null') }}
    {%- elif value is string -%}
        {{ return(dbt.string_literal(
            dbt.escape_single_quotes(value | replace('\\', '\\\\'))
        )) }}
    {%- endif -%}
    {{ return(value | string) }}
{% endmacro %}
