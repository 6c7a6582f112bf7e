{#-
    A table that is replaced takes no view of this project away: what reads it is
    dropped with its locks, and made again, comments and all, once the new table
    stands in its place. So analysts may have views on tables that every build
    replaces. Views made by hand are not the project's: they make the build refuse.

    The views' definitions wait in a setting of the transaction. Whoever reads a view
    locks it before its tables, so dropping it is part of the patient locking; the
    view's other tables are locked beforehand, so that making it again waits for none.
-#}
{% macro take_views_away_sql(relation) %}
    {%- set views = project_views() -%}
    {%- if views %}
                declare
                    taken record;
                    kept jsonb := '[]';
                begin
                    for taken in {{ views_that_read_sql(relation, views) }} loop
                        execute 'lock table ' || taken.tables || ' in access share mode';
                        execute 'drop view ' || taken.name;
                        kept := kept || jsonb_build_object(
                            'name', taken.name, 'statements', taken.statements
                        );
                    end loop;
                    perform set_config('keys.views', kept::text, true);
                {{ refuse_for_dependents_sql(relation) }}
                end;
    {%- endif -%}
{% endmacro %}


{#-
    A view that the new table no longer satisfies stays away where this run builds
    it again; elsewhere the table is not replaced.
-#}
{% macro make_views_again_sql(target, node) %}
    {%- set views = project_views() -%}
    {%- if views %}
    do $again$
    declare
        kept jsonb;
    begin
        for kept in
            select * from jsonb_array_elements(
                coalesce(nullif(current_setting('keys.views', true), ''), '[]')::jsonb
            )
        loop
            begin
                execute kept ->> 'statements';
            exception when undefined_column or undefined_function
                or datatype_mismatch then
                if kept ->> 'name' <> all (
                    array{{ views | selectattr('is_rebuilt')
                        | map(attribute='name') | list }}::text []
                ) then
                    raise exception using
                        errcode = 'dependent_objects_still_exist',
                        message = '{{ target.schema }}.{{ target.identifier }} was not'
                            || ' replaced, because ' || (kept ->> 'name')
                            || ' cannot read the new table',
                        detail = sqlerrm,
                        hint = 'Build the view in the same run: '
                            || 'dbt build --select {{ node.name }}+';
                end if;
            end;
        end loop;
    end $again$;
    {%- endif -%}
{% endmacro %}


{#- Views of this project, as {name, is_rebuilt}: whether this run builds them. -#}
{% macro project_views() %}
    {%- set views = [] -%}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'model' and node.config.materialized == 'view' -%}
        {%- do views.append({
            'name': node.schema ~ '.' ~ node.alias,
            'is_rebuilt': node.unique_id in selected_resources,
        }) -%}
    {%- endfor -%}
    {{ return(views) }}
{% endmacro %}


{% macro views_that_read_sql(relation, views) -%}
                        select
                            reading.name,
                            reading.tables,
                            concat(
                                'create view ', reading.name, ' as ',
                                pg_get_viewdef(reading.oid),
                                format(
                                    'comment on view %s is %L;',
                                    reading.name, obj_description(reading.oid)
                                ),
                                (
                                    select string_agg(format(
                                        'comment on column %s.%I is %L;',
                                        reading.name, attname,
                                        col_description(reading.oid, attnum)
                                    ), '')
                                    from pg_attribute
                                    where attrelid = reading.oid and attnum > 0
                                )
                            ) as statements
                        from (
                            select
                                pg_class.oid,
                                format('%I.%I', nspname, relname) as name,
                                string_agg(distinct refobjid::regclass::text, ', ')
                                    as tables,
                                array_agg(refobjid) as table_ids
                            from pg_rewrite
                            inner join pg_depend
                                on pg_rewrite.oid = pg_depend.objid
                            inner join pg_class on ev_class = pg_class.oid
                            inner join pg_namespace
                                on relnamespace = pg_namespace.oid
                            where
                                classid = 'pg_rewrite'::regclass
                                and refclassid = 'pg_class'::regclass
                                and refobjid <> ev_class
                                and relkind = 'v'
                            group by pg_class.oid, nspname, relname
                        ) as reading
                        where
                            to_regclass(
                                '{{ relation.include(database=false) }}'
                            ) = any(reading.table_ids)
                            and reading.name = any(
                                array{{ views | map(attribute='name') | list }}::text []
                            )
                        order by reading.name
{%- endmacro %}


{#- dbt renames the view that it replaces; one that stayed away is no longer there. -#}
{% macro postgres__rename_relation(from_relation, to_relation) -%}
    {%- set new_name = adapter.quote_as_configured(to_relation.identifier, 'identifier') -%}
    {% call statement('rename_relation') -%}
        alter table if exists {{ from_relation }} rename to {{ new_name }}
    {%- endcall %}
{% endmacro %}
