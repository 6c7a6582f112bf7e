{#-
    At the end of a run: no new table that could not take the place of the present
    one stays behind, unless someone reads its parents just now; then the next build
    of the same table drops it.
-#}
{% macro drop_refused_tables() %}
    {%- if not execute or flags.WHICH not in ('build', 'run') -%}
        {{ return('') }}
    {%- endif -%}
    {%- set present = existing_keys() -%}
    {%- for node in graph.nodes.values()
        if node.unique_id in selected_resources
        and node.config.materialized == 'table' -%}
        {%- set refused = node.schema ~ '.' ~ node.alias ~ new_suffix() -%}
        {%- if refused in present %}
    do $drop$
    begin
        set local lock_timeout = '1s';
        drop table {{ refused }};
    exception when lock_not_available then
        raise warning '{{ refused }} stays until the next build';
    end $drop$;
    commit;
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}


{#-
    At the end of a run: every declared key of every table that exists must be in
    the database. One that a failed or skipped child left out is put back; one
    that cannot be ends the run with an error that names the table to build.
-#}
{% macro restore_missing_keys() %}
    {%- if not execute or flags.WHICH not in ('build', 'run', 'seed') -%}
        {{ return('') }}
    {%- endif -%}
    {%- set missing = missing_keys() -%}
    {%- if not missing -%}
        {{ return('') }}
    {%- endif -%}
    {%- for item in missing if item.key.kind == 'foreign_key' %}
    do $restore$
    begin
        alter table {{ item.table }}
            add constraint {{ item.key.name }} {{ item.key.definition }};
    exception when others then
        raise warning '{{ item.key.name }}: %', sqlerrm;
    end $restore$;
    {%- endfor %}
    commit;
    {{ refuse_missing_keys_sql(missing) }}
    commit
{% endmacro %}


{#- Declared keys, as {table, node, key}, that an existing table does not have. -#}
{% macro missing_keys() %}
    {%- set present = existing_keys() -%}
    {%- set missing = [] -%}
    {%- for node in graph.nodes.values() | sort(attribute='unique_id')
        if node.resource_type == 'seed' or node.config.materialized == 'table' -%}
        {%- set table = node.schema ~ '.' ~ node.alias -%}
        {%- for key in declared_keys(node)
            if key.kind != 'not_null' and table in present -%}
            {%- if key.name not in present[table]
                and (key.parent is none or key.parent in present) -%}
                {%- do missing.append({'table': table, 'node': node, 'key': key}) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(missing) }}
{% endmacro %}


{% macro refuse_missing_keys_sql(missing) %}
    do $refuse$
    declare
        lacking text;
        commands text;
    begin
        select
            string_agg(declared.table_name || ' lacks ' || declared.key_name, e'\n'),
            string_agg(distinct declared.model_name || '+', ' ')
        into lacking, commands
        from (
            values
            {%- for item in missing %}
            (
                '{{ item.table }}', '{{ item.key.name }}', '{{ item.node.name }}'
            ){{ ',' if not loop.last }}
            {%- endfor %}
        ) as declared (table_name, key_name, model_name)
        where not exists (
            select 1
            from pg_constraint
            where
                pg_constraint.conname = declared.key_name
                and pg_constraint.conrelid = to_regclass(declared.table_name)
        );
        if lacking is not null then
            raise exception using
                message = 'keys that the contract declares are not in the database',
                detail = lacking,
                hint = 'These tables hold rows of an earlier build: '
                    || 'dbt build --select ' || commands;
        end if;
    end $refuse$;
{% endmacro %}
