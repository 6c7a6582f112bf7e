{#-
    What a table's rows are computed by, as an SQL expression: the model's compiled SQL,
    macros and all, and the views that it reads. It is the same in a full build as in
    one of appended clients, whatever relations `ref` and `source` lead to.
-#}
{% macro definition_sql(sql) -%}
    md5('{{ local_md5(plain_sql(sql)) }}' || coalesce(
        (
            select string_agg(pg_get_viewdef(to_regclass(name)), ';' order by name)
            from unnest(array[
                {%- for view in views_read_by(model) | sort -%}
                '{{ view }}'{{ ', ' if not loop.last }}
                {%- endfor -%}
            ]::text[]) as views (name)
        ),
        ''
    ))
{%- endmacro %}


{% macro plain_sql(sql) %}
    {%- set affected = '"?staging"?."?affected(?:_blocks)?__([a-z]+)__([a-z0-9_]+)"?' -%}
    {%- set sql = modules.re.sub(affected, '"\\1"."\\2"', sql) -%}
    {%- set landed = '[(]select [*], ctid as landing_row_id from ([^)]+)[)] as landed' -%}
    {%- set sql = modules.re.sub(landed, '\\1 as landed', sql) -%}
    {{ return(sql.split() | join(' ')) }}
{% endmacro %}


{#- Views of this project between a node and the tables below them. -#}
{% macro views_read_by(node) %}
    {%- set names = [] -%}
    {%- for id in node.depends_on.nodes
        if id in graph.nodes and graph.nodes[id].config.materialized == 'view' -%}
        {%- set view = graph.nodes[id] -%}
        {%- do names.append(view.schema ~ '.' ~ view.alias) -%}
        {%- do names.extend(views_read_by(view)) -%}
    {%- endfor -%}
    {{ return(names | unique | list) }}
{% endmacro %}


{#- A part of the rows cannot be built by another SQL than the rest. -#}
{% macro refuse_other_definition(relation, definition) %}
    {%- set found = run_query("
        select (
            select definition from ops.build_log
            where table_name = '" ~ relation.schema ~ "." ~ relation.identifier ~ "'
            order by build_id desc
            limit 1
        ) is distinct from " ~ definition ~ " as is_other
    ") -%}
    {%- if found.rows[0]['is_other'] -%}
        {{ refuse_in_favour_of_a_full_build(
            relation.schema ~ '.' ~ relation.identifier
            ~ ' was built by another SQL than its model gives now'
        ) }}
    {%- endif -%}
{% endmacro %}
