{# dbt's own `ref` and `source`, or what there is of it of affected clients. #}
{% macro ref() %}
    {% set relation = builtins.ref(*varargs, **kwargs) %}
    {% if is_building_appended() and reads_affected_rows(model) %}
        {% for node in affected_nodes() %}
            {% if node.schema == relation.schema and node.alias == relation.identifier %}
                {{ return(affected_relation(
                    node.schema, node.alias, reads_whole_blocks(model, node)
                )) }}
            {% endif %}
        {% endfor %}
    {% endif %}
    {{ return(relation) }}
{% endmacro %}


{% macro source(source_name, table_name) %}
    {% set relation = builtins.source(source_name, table_name) %}
    {% if source_name == 'home_credit'
        and is_building_appended() and reads_affected_rows(model) %}
        {{ return(affected_relation(relation.schema, relation.identifier)) }}
    {% endif %}
    {{ return(relation) }}
{% endmacro %}


{#
    Tables of clients do, and the tests of them. A test that also reads something
    computed from many clients at once, a view over facts, sees all rows.
#}
{% macro reads_affected_rows(node) %}
    {% if node.resource_type == 'model' %}
        {{ return(node.config.materialized == 'table' and affected_key(node)) }}
    {% elif node.resource_type != 'test' %}
        {{ return(false) }}
    {% endif %}
    {% for id in node.depends_on.nodes if id in graph.nodes %}
        {% if not affected_key(graph.nodes[id]) and mixes_clients(graph.nodes[id]) %}
            {{ return(false) }}
        {% endif %}
    {% endfor %}
    {{ return(true) }}
{% endmacro %}


{#- A block is computed from all of its clients, whoever of them is affected. -#}
{% macro reads_whole_blocks(node, parent) %}
    {{ return(
        affected_key(node) == 'client_block' and affected_key(parent) == 'client_id'
    ) }}
{% endmacro %}


{% macro mixes_clients(node) %}
    {% for id in node.depends_on.nodes if id in graph.nodes %}
        {% if affected_key(graph.nodes[id]) or mixes_clients(graph.nodes[id]) %}
            {{ return(true) }}
        {% endif %}
    {% endfor %}
    {{ return(false) }}
{% endmacro %}


{# A landing table as `landed`, with the place of each row. #}
{% macro landed_rows(landing) -%}
    {%- if is_building_appended() -%}
        {{ landing }} as landed
    {%- else -%}
        (select *, ctid as landing_row_id from {{ landing }}) as landed
    {%- endif -%}
{%- endmacro %}
