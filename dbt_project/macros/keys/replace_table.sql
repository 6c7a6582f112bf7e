{#-
    Takes the present table away, and the foreign keys that point at it. Where that
    cannot be done PostgreSQL rolls back and the present table stands as it was.

    Dropping a table drops its triggers on its parents too, so these are locked as
    well, all at once. Each try waits a second and gives up what it got, and the drop
    ten at most, so that they cannot hold up for long who only wants to read.
-#}
{% macro detach_table_sql(present, incoming, parents) %}
    {%- set locked = incoming | map(attribute='child') | list + parents -%}
    {%- if present is not none and present.type == 'table' -%}
        {%- do locked.append(present.schema ~ '.' ~ present.identifier) -%}
    {%- endif -%}
    {%- if locked %}
    {{ lock_patiently_sql(locked | unique | sort, present) }}
    {%- endif %}
    {%- for key in incoming %}
    alter table {{ key.child }} drop constraint {{ key.name }};
    {%- endfor %}
    {%- if present is not none %}
    set local lock_timeout = '10s';
    {{ drop_or_refuse_sql(present) }}
    set local lock_timeout to default;
    {%- endif %}
{% endmacro %}


{#-
    Locks tables, and drops the project's views of the `replaced` one among them. What
    a table keeps out of line has a lock of its own, which an autovacuum may hold: it
    gives way after deadlock_timeout, so dropping the table waits longer than that.
-#}
{% macro lock_patiently_sql(tables, replaced=none) %}
    set local lock_timeout = '1s';
    do $lock$
    declare
        deadline constant timestamptz
            := clock_timestamp() + interval '{{ var('lock_wait', '10 minutes') }}';
    begin
        loop
            begin
                lock table {{ tables | join(', ') }} in access exclusive mode;
                {%- if replaced is not none %}{{ take_views_away_sql(replaced) }}{% endif %}
                exit;
            exception when lock_not_available or deadlock_detected then
                if clock_timestamp() > deadline then
                    raise exception using
                        errcode = 'lock_not_available',
                        message = 'others have been using {{ tables | join(', ') }}'
                            || ' for {{ var('lock_wait', '10 minutes') }}',
                        hint = 'pg_stat_activity shows who; or wait longer: '
                            || '--vars ''lock_wait: 1 hour''';
                end if;
                perform pg_sleep(0.05 + 0.2 * random());
            end;
        end loop;
    end $lock$;
    set local lock_timeout to default;
{% endmacro %}


{% macro drop_or_refuse_sql(relation) %}
    do $refuse$
    begin
        drop {{ relation.type }} {{ relation }};
    {{ refuse_for_dependents_sql(relation) }}
    end $refuse$;
{% endmacro %}


{#- The end of a block that drops what others may depend on. -#}
{% macro refuse_for_dependents_sql(relation) %}
    exception when dependent_objects_still_exist then
        declare
            dependents text;
        begin
            get stacked diagnostics dependents = pg_exception_detail;
            raise exception using
                errcode = 'dependent_objects_still_exist',
                message = '{{ relation.schema }}.{{ relation.identifier }} was not '
                    || 'replaced, because other objects depend on it',
                detail = dependents,
                hint = 'Drop these objects, or let them read another table, and run '
                    || 'the same command again.';
        end;
{% endmacro %}


{% macro restore_incoming_keys_sql(target, node, incoming) %}
    {%- for key in incoming if not key.is_rebuilt %}
    do $refuse$
    begin
        alter table {{ key.child }}
            add constraint {{ key.name }} {{ key.definition }};
    exception when foreign_key_violation then
        raise exception using
            errcode = 'foreign_key_violation',
            message = '{{ target.schema }}.{{ target.identifier }} was not replaced,'
                || ' because {{ key.child }} has rows without a parent in the new'
                || ' table (foreign key {{ key.name }})',
            hint = 'Build the child in the same run: '
                || 'dbt build --select {{ node.name }}+';
    end $refuse$;
    {%- endfor %}
    {{ make_views_again_sql(target, node) }}
{% endmacro %}
