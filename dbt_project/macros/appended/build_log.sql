{#- Tables of clients that this run builds, as nodes. -#}
{% macro selected_tables() %}
    {%- set selected = [] -%}
    {%- for node in affected_nodes(['table']) if node.unique_id in selected_resources -%}
        {%- do selected.append(node) -%}
    {%- endfor -%}
    {{ return(selected) }}
{% endmacro %}


{#- Tables of clients that a node reads, as nodes. -#}
{% macro parent_tables(node) %}
    {%- set parents = [] -%}
    {%- for parent in affected_nodes(['table'])
        if parent.unique_id in node.depends_on.nodes -%}
        {%- do parents.append(parent) -%}
    {%- endfor -%}
    {{ return(parents) }}
{% endmacro %}


{#- The last record of each of these tables: {table_name, load_id, batch_id}. -#}
{% macro last_builds_sql(nodes) %}
    select distinct on (table_name)
        table_name,
        load_id,
        batch_id
    from {{ builtins.source('ops', 'build_log') }}
    where table_name in ('' {%- for node in nodes -%}
        , '{{ node.schema }}.{{ node.alias }}'
    {%- endfor %})
    order by table_name, build_id desc
{% endmacro %}


{#- What has landed so far, before a build reads it: {load_id, batch_id}. -#}
{% macro landed_so_far() %}
    {%- if not affected_key(model) -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return(run_query("
        select
            (select max(load_id) from ops.load_log where batch_id is null) as load_id,
            coalesce((select max(batch_id) from ops.appended_batch), 0) as batch_id
    ").rows[0]) }}
{% endmacro %}


{#-
    Records a build, in its own transaction. A table tells of no later batch than its
    parents do.
-#}
{% macro log_build_sql(relation, landed, mode, definition) %}
    {%- if landed is none -%}
        {{ return('') }}
    {%- endif -%}
    insert into ops.build_log (
        table_name, load_id, batch_id, build_mode, definition
    )
    select
        '{{ relation.schema }}.{{ relation.identifier }}',
        least({{ 'null' if landed.load_id is none else landed.load_id }}, min(load_id)),
        least({{ landed.batch_id }}, min(batch_id)),
        '{{ mode }}',
        {{ definition }}
    from ({{ last_builds_sql(parent_tables(model)) }}) as parents;
{% endmacro %}


{#-
    Ends a run of appended clients that a full build must come before: of the tables
    that it builds, or of those that they read.
-#}
{% macro refuse_appended_build() %}
    {%- set nodes = selected_tables() -%}
    {%- for node in selected_tables() -%}
        {%- do nodes.extend(parent_tables(node) | reject('in', nodes)) -%}
    {%- endfor -%}
    {%- if not nodes -%}
        {{ return('') }}
    {%- endif -%}
    {%- set refused = run_query("
        with last_builds as (" ~ last_builds_sql(nodes) ~ ")
        select
            wanted.table_name || case
                when to_regclass(wanted.table_name) is null
                    then ' is not there'
                when last_builds.table_name is null
                    then ' has no record of a full build'
                else ' was built before the landing tables were replaced'
            end as reason
        from unnest(array['" ~ table_names(nodes) | join("', '") ~ "'])
            as wanted (table_name)
        left join last_builds on wanted.table_name = last_builds.table_name
        where
            to_regclass(wanted.table_name) is null
            or last_builds.table_name is null
            or last_builds.load_id is distinct from (
                select max(load_id) from ops.load_log where batch_id is null
            )
        order by 1
    ") -%}
    {%- if refused.rows -%}
        {{ refuse_in_favour_of_a_full_build(
            refused.columns[0].values() | join('; ')
        ) }}
    {%- endif -%}
{% endmacro %}


{% macro table_names(nodes) %}
    {%- set names = [] -%}
    {%- for node in nodes -%}
        {%- do names.append(node.schema ~ '.' ~ node.alias) -%}
    {%- endfor -%}
    {{ return(names) }}
{% endmacro %}


{% macro refuse_in_favour_of_a_full_build(reason) %}
    {{ exceptions.raise_compiler_error(
        'The appended clients cannot be built alone: ' ~ reason
        ~ '. Build in full: dbt build --project-dir dbt_project'
    ) }}
{% endmacro %}
