{#-
    The affected rows of a table, brought up in place and in one transaction: rows that
    a full build would no longer give go, changed ones change, new ones come, all
    under live keys.
-#}
{% macro update_in_place(present, target, sql) %}
    {%- set new = api.Relation.create(identifier=target.identifier ~ '__appended') -%}
    {%- set old = affected_relation(target.schema, target.identifier) -%}
    {%- set landed = landed_for_this_run() -%}
    {%- set definition = definition_sql(sql) -%}

    {%- do refuse_other_definition(target, definition) -%}
    {% call statement('appended') -%}
        set local enable_nestloop = off;
        {{ create_appended_rows_sql(new, sql) }}
        set local enable_nestloop to default;
        analyze {{ new }};
    {%- endcall %}
    {%- set columns = columns_alike(target, new) -%}
    {%- set key = key_columns(model) -%}
    {% call statement('obsolete') -%}
        {% for foreign_key in foreign_keys_to(target) -%}
            {{ delete_children_sql(foreign_key, old, new) }}
        {%- endfor %}
        {{ delete_obsolete_sql(target, old, new, key) }}
    {%- endcall %}
    {% call statement('main') -%}
        {{ upsert_sql(target, new, key, columns) }}
    {%- endcall %}
    {% call statement('log') -%}
        {{ log_build_sql(target, landed, 'appended', definition) }}
    {%- endcall %}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmacro %}


{#-
    What had landed when this run found whom it concerns: {load_id, batch_id}. Having
    read it, the transaction keeps any other run from finding others before its end.
-#}
{% macro landed_for_this_run() %}
    {%- set found = run_query("
        select load_id, batch_id
        from staging.affected_run
        where invocation_id = '" ~ invocation_id ~ "'
    ").rows -%}
    {%- if not found -%}
        {{ exceptions.raise_compiler_error(
            'Another run of dbt for appended clients began after this one. When it has '
            ~ 'ended, run the same command again.'
        ) }}
    {%- endif -%}
    {{ return(found[0]) }}
{% endmacro %}


{% macro create_appended_rows_sql(relation, sql) %}
    {%- if config.get('contract').enforced -%}
        {{ get_assert_columns_equivalent(sql) }}
        {%- set sql = get_select_subquery(sql) -%}
    {%- endif %}
    create temporary table {{ relation }} on commit drop as (
        {{ sql }}
    );
{% endmacro %}


{#- The table's columns, which the new rows must have in name and type. -#}
{% macro columns_alike(target, new) %}
    {%- set found = run_query("
        select
            string_agg(attname, ',' order by attnum)
                filter (where attrelid = '" ~ target ~ "'::regclass) as present,
            string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', '
                order by attnum)
                filter (where attrelid = '" ~ target ~ "'::regclass)
            is distinct from
            string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', '
                order by attnum)
                filter (where attrelid = '" ~ new ~ "'::regclass) as is_different
        from pg_attribute
        where
            attrelid in ('" ~ target ~ "'::regclass, '" ~ new ~ "'::regclass)
            and attnum > 0
            and not attisdropped
    ").rows[0] -%}
    {%- if found['is_different'] -%}
        {{ refuse_in_favour_of_a_full_build(
            target.schema ~ '.' ~ target.identifier
            ~ ' has other columns than its model gives now'
        ) }}
    {%- endif -%}
    {{ return(found['present'].split(',')) }}
{% endmacro %}


{% macro key_columns(node) %}
    {%- for key in declared_keys(node) if key.kind == 'primary_key' -%}
        {{ return(key.columns) }}
    {%- endfor -%}
{% endmacro %}


{#-
    Rows of other tables that refer to what the new rows no longer hold. They belong
    to the same clients, so their own build gives what is to stay of them.
-#}
{% macro delete_children_sql(foreign_key, old, new) %}
    {%- set parent_columns = foreign_key.parent_columns.split(',') -%}
    create temporary table gone on commit drop as
    select {{ parent_columns | join(', ') }} from {{ old }}
    except
    select {{ parent_columns | join(', ') }} from {{ new }};
    analyze gone;
    delete from {{ foreign_key.child }} as child
    using gone
    where
        {%- for column in foreign_key.child_columns.split(',') %}
        {{ 'and ' if not loop.first -}}
        child.{{ column }} = gone.{{ parent_columns[loop.index0] }}
        {%- endfor %};
    drop table gone;
{% endmacro %}


{% macro delete_obsolete_sql(target, old, new, key) %}
    create temporary table obsolete on commit drop as
    select {{ key | join(', ') }} from {{ old }}
    except
    select {{ key | join(', ') }} from {{ new }};
    analyze obsolete;
    delete from {{ target }} as present
    using obsolete
    where
        {%- for column in key %}
        {{ 'and ' if not loop.first }}present.{{ column }} = obsolete.{{ column }}
        {%- endfor %};
{% endmacro %}


{#- A violated constraint is told without the row, which is a client's. -#}
{% macro upsert_sql(target, new, key, columns) %}
    do $upsert$
    begin
        insert into {{ target }} as present ({{ columns | join(', ') }})
        select {{ columns | join(', ') }} from {{ new }}
        on conflict ({{ key | join(', ') }}) do update set
            {%- for column in columns | reject('in', key) %}
            {{ column }} = excluded.{{ column }}{{ ',' if not loop.last }}
            {%- endfor %}
        where present.* is distinct from excluded.*;
    exception when integrity_constraint_violation then
        raise exception using errcode = sqlstate, message = sqlerrm;
    end $upsert$
{% endmacro %}


{#- Foreign keys that point at a relation: {child, child_columns, parent_columns}. -#}
{% macro foreign_keys_to(relation) %}
    {{ return(run_query("
        select
            format('%I.%I', pg_namespace.nspname, children.relname) as child,
            (
                select string_agg(attname, ',' order by key.position)
                from unnest(conkey) with ordinality as key (number, position)
                inner join pg_attribute
                    on attrelid = conrelid and attnum = key.number
            ) as child_columns,
            (
                select string_agg(attname, ',' order by key.position)
                from unnest(confkey) with ordinality as key (number, position)
                inner join pg_attribute
                    on attrelid = confrelid and attnum = key.number
            ) as parent_columns
        from pg_constraint
        inner join pg_class as children on pg_constraint.conrelid = children.oid
        inner join pg_namespace on children.relnamespace = pg_namespace.oid
        where contype = 'f' and confrelid = '" ~ relation ~ "'::regclass
        order by child, conname
    ").rows) }}
{% endmacro %}
