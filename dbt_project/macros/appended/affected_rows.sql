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
    `client_id`, `bureau_credit_id`, `previous_application_id`, `landing_row_id`, or
    `client_block` for blocks of clients. None for tables that are not of clients.
-#}
{% macro affected_key(node) %}
    {%- set key = node.config.meta.affected_by -%}
    {{ return(key if key in node.columns or node.config.materialized == 'view' else none) }}
{% endmacro %}


{#-
    The relation's rows that belong to affected clients, or to all clients of a block
    with an affected one, under the same columns.
-#}
{% macro affected_relation(schema, identifier, is_of_blocks=false) %}
    {{ return(api.Relation.create(
        database=target.database,
        schema='staging',
        identifier='affected' ~ ('_blocks' if is_of_blocks else '')
            ~ '__' ~ schema ~ '__' ~ identifier,
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
    {%- elif key == 'client_block' -%}
        client_block = any(array(
            select {{ client_block_of('client_id') }} from staging.affected_client
        ))
    {%- else -%}
        {%- set ids = {
            'client_id': 'affected_client',
            'bureau_credit_id': 'affected_bureau_credit',
            'previous_application_id': 'affected_loan',
        }[key] -%}
        {{ key }} = any(array(select {{ key }} from staging.{{ ids }}))
    {%- endif -%}
{%- endmacro %}


{#- By number rather than by block: the key of a table of clients has an index. -#}
{% macro is_in_an_affected_block() -%}
    {%- set size = clients_in_a_block() -%}
    client_id = any(array(
        select generate_series(
            affected.client_block * {{ size }},
            affected.client_block * {{ size }} + {{ size }} - 1
        )
        from (
            select distinct {{ client_block_of('client_id') }} as client_block
            from staging.affected_client
        ) as affected
    ))
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


{#- Model nodes of which some table needs all clients of a block. -#}
{% macro nodes_read_by_blocks() %}
    {%- set nodes = [] -%}
    {%- for block in affected_nodes(['table']) -%}
        {%- for node in affected_nodes()
            if node.unique_id in block.depends_on.nodes
            and reads_whole_blocks(block, node) -%}
            {%- do nodes.append(node) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(nodes | unique(attribute='unique_id') | list) }}
{% endmacro %}
