{#-
    The block of a client in feature_block and client_block: a thousand numbers in a
    row. A block depends on its own clients alone, so that appended ones change few.
-#}
{% macro client_block_of(client_id) -%}
    {{ client_id }} / {{ clients_in_a_block() }}
{%- endmacro %}


{% macro clients_in_a_block() -%}
    1000
{%- endmacro %}
