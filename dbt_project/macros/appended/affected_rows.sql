{#-
    Building the clients of appended batches only (`--vars 'clients: appended'`).

    A client is affected when a batch that a table does not yet tell of names it, or
    when it shares a loan or a bureau credit with an affected client. These clients,
    their loans and credits, and all landed rows of any of them are found once, at the
    start of the run. Then `ref` and `source` lead to the rows of these alone, and the
    very same SQL of a model gives exactly the affected rows of a full build. `dbt test`
    by itself builds nothing, so that nobody is affected: it always sees all rows.
-#}
{% macro is_building_appended() %}
    {{ return(
        execute
        and var('clients', 'all') == 'appended'
        and flags.WHICH in ('build', 'run')
    ) }}
{% endmacro %}


{#-
    The column by which the rows of a node belong to affected clients, an indexed one:
    `client_id`, `bureau_credit_id`, `previous_application_id` or `landing_row_id`.
    None for tables that are not of clients.
-#}
{% macro affected_key(node) %}
    {%- set key = node.config.meta.affected_by -%}
    {{ return(key if key in node.columns or node.config.materialized == 'view' else none) }}
{% endmacro %}


{#- The relation's rows that belong to affected clients, under the same columns. -#}
{% macro affected_relation(schema, identifier) %}
    {{ return(api.Relation.create(
        database=target.database,
        schema='staging',
        identifier='affected__' ~ schema ~ '__' ~ identifier,
    )) }}
{% endmacro %}


{% macro is_affected(key, landing_tables=[]) -%}
    {%- if key == 'landing_row_id' -%}
        {%- for table in landing_tables -%}
            {{ ' or ' if not loop.first }}
            {%- if landing_tables | length > 1 %}landing_table = '{{ table }}' and {% endif -%}
            landing_row_id = any(array(
                select row_id from staging.affected_row
                where landing_table = '{{ table }}'
            ))
        {%- endfor -%}
    {%- else -%}
        {%- set ids = {
            'client_id': 'affected_client',
            'bureau_credit_id': 'affected_bureau_credit',
            'previous_application_id': 'affected_loan',
        }[key] -%}
        {{ key }} = any(array(select {{ key }} from staging.{{ ids }}))
    {%- endif -%}
{%- endmacro %}


{% macro landing_tables_of(node) %}
    {%- set tables = [] -%}
    {%- for id in node.depends_on.nodes if id in graph.sources -%}
        {%- if graph.sources[id].source_name == 'home_credit' -%}
            {%- do tables.append(graph.sources[id].identifier) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(tables | unique | list) }}
{% endmacro %}


{#- Model nodes that hold rows of affected clients, those of one kind or all. -#}
{% macro affected_nodes(kinds=['table', 'view']) %}
    {%- set nodes = [] -%}
    {%- for node in graph.nodes.values() | sort(attribute='unique_id') -%}
        {%- if node.resource_type == 'model'
            and node.config.materialized in kinds
            and affected_key(node) -%}
            {%- do nodes.append(node) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(nodes) }}
{% endmacro %}
