{#-
    dbt's seed truncates with `cascade`, or drops with it. Ours fills a temporary
    table with the file and its keys. Where the present table has the same columns
    and keys, its rows are brought up to the file in place, so that foreign keys of
    big tables stay and are not validated anew; otherwise the table is replaced. One
    transaction either way.
-#}
{% materialization seed, adapter='postgres' %}
    {%- set present = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set rows = load_agate_table() -%}
    {%- do store_result('agate_table', response='OK', agate_table=rows) -%}
    {%- set grants = config.get('grants') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set file = api.Relation.create(identifier=this.identifier ~ '__file') -%}
    {% call statement('file') -%}
        {{ create_file_table_sql(file, rows) }}
    {%- endcall %}
    {% do insert_file_rows(file, rows) %}
    {% call statement('keys_of_file') -%}
        {{ add_own_keys_sql(file, model, new_suffix()) }}
    {%- endcall %}
    {%- if present is not none and shape_of(present) == shape_of(file) -%}
        {%- set change_sql = update_in_place_sql(target, file, rows.column_names) -%}
    {%- else -%}
        {%- set change_sql = replace_with_file_sql(present, target, file) -%}
    {%- endif -%}
    {% call statement('main') -%}
        {{ change_sql }}
    {%- endcall %}
    {% do persist_docs(target, model) %}
    {% do apply_grants(target, grants, should_revoke=should_revoke(present, true)) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}

    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{% macro create_file_table_sql(file, rows) %}
    {%- set types = config.get('column_types') or {} -%}
    create temporary table {{ file }} (
        {%- for name in rows.column_names %}
        {{ name }} {{ types.get(name, adapter.convert_type(rows, loop.index0)) }}
            {{- ',' if not loop.last }}
        {%- endfor %}
    ) on commit drop
{% endmacro %}


{% macro insert_file_rows(file, rows) %}
    {%- set places = ['%s'] * (rows.column_names | length) -%}
    {%- for batch in rows.rows | batch(1000) -%}
        {%- set values = [] -%}
        {%- for row in batch -%}
            {%- do values.extend(row) -%}
        {%- endfor -%}
        {%- set tuples = ['(' ~ places | join(', ') ~ ')'] * (batch | length) -%}
        {%- do adapter.add_query(
            'insert into ' ~ file ~ ' values ' ~ tuples | join(', '),
            bindings=values,
            abridge_sql_log=true,
        ) -%}
    {%- endfor -%}
{% endmacro %}


{#- Columns and keys of a table that only hold within it, as text to be compared. -#}
{% macro shape_of(relation) %}
    {%- set found = run_query("
        select string_agg(part, e'\\n' order by part) as shape
        from (
            select
                concat_ws(
                    ' ',
                    attnum,
                    attname,
                    format_type(atttypid, atttypmod),
                    attnotnull
                ) as part
            from pg_attribute
            where
                attrelid = to_regclass('" ~ relation.include(database=false) ~ "')
                and attnum > 0
            union all
            select pg_get_constraintdef(oid)
            from pg_constraint
            where
                conrelid = to_regclass('" ~ relation.include(database=false) ~ "')
                and contype in ('p', 'u', 'c')
        ) as parts
    ") -%}
    {{ return(found.rows[0]['shape']) }}
{% endmacro %}


{#-
    Unique keys are checked row by row, so two rows that swap their values would
    collide: they are made anew. The primary key, which others refer to, stays.
-#}
{% macro update_in_place_sql(target, file, columns) %}
    {%- set own_keys = declared_keys(model) -%}
    {%- set unique_keys = own_keys | selectattr('kind', 'equalto', 'unique') | list -%}
    {%- set primary = own_keys | selectattr('kind', 'equalto', 'primary_key') | first -%}
    {%- set key = primary.definition | replace('primary key ', '') -%}
    {{ lock_patiently_sql([target]) }}
    {%- for unique_key in unique_keys %}
    alter table {{ target }} drop constraint {{ unique_key.name }};
    {%- endfor %}
    delete from {{ target }}
    where {{ key }} not in (select {{ key | trim('()') }} from {{ file }});
    insert into {{ target }} select * from {{ file }}
    on conflict {{ key }} do update set
        {%- for column in columns %}
        {{ column }} = excluded.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %};
    {%- for unique_key in unique_keys %}
    alter table {{ target }}
        add constraint {{ unique_key.name }} {{ unique_key.definition }};
    {%- endfor %}
    analyze {{ target }};
{% endmacro %}


{% macro replace_with_file_sql(present, target, file) %}
    {%- set incoming = incoming_keys(target) -%}
    {{ detach_table_sql(present, incoming, outgoing_parents(target)) }}
    create table {{ target }} as select * from {{ file }};
    {{ add_own_keys_sql(target, model) }}
    {{ add_foreign_keys_sql(target, model) }}
    {{ restore_incoming_keys_sql(target, model, incoming) }}
{% endmacro %}
