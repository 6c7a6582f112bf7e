{#-
    PostgreSQL's names for types in Spark's words. Models, tests and contracts say
    `double precision`, `text` and `numeric`, which Spark does not know, in a cast or
    as a whole; whatever dbt sends to Spark passes here.
-#}
{% macro spark_types(sql) %}
    {%- set names = {
        'double precision': 'double',
        'numeric': 'decimal(38, 6)',
        'text': 'string',
    } -%}
    {%- set translated = namespace(sql=sql) -%}
    {%- for postgres_name, spark_name in names.items() -%}
        {%- set translated.sql = modules.re.sub(
            '(?<=\\bas )' ~ postgres_name ~ '(?=\\s*\\))', spark_name, translated.sql
        ) -%}
    {%- endfor -%}
    {{ return(translated.sql) }}
{% endmacro %}


{% macro spark_type(postgres_name) %}
    {{ return(spark_types('as ' ~ postgres_name ~ ')')[3:-1]) }}
{% endmacro %}


{% macro spark__create_table_as(temporary, relation, compiled_code, language='sql') %}
    {{ return(dbt.spark__create_table_as(
        temporary, relation, spark_types(compiled_code), language
    )) }}
{% endmacro %}


{% macro spark__create_view_as(relation, sql) %}
    {{ return(dbt.spark__create_view_as(relation, spark_types(sql))) }}
{% endmacro %}


{% macro spark__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) %}
    {{ return(dbt.default__get_test_sql(
        spark_types(main_sql), fail_calc, warn_if, error_if, limit
    )) }}
{% endmacro %}


{% macro spark__get_unit_test_sql(
    main_sql, expected_fixture_sql, expected_column_names
) %}
    {{ return(dbt.default__get_unit_test_sql(
        spark_types(main_sql), expected_fixture_sql, expected_column_names
    )) }}
{% endmacro %}


{#- The contract's columns, for the comparison with those of the query. -#}
{% macro spark__get_empty_schema_sql(columns) %}
    {{ return(spark_types(dbt.default__get_empty_schema_sql(columns))) }}
{% endmacro %}
