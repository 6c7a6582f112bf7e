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


{#- Every feature of a block's clients as an array of its own, in their order. -#}
{% macro packed_features() -%}
    {%- set packed = [] -%}
    {%- for feature in all_features() -%}
        {%- do packed.append(
            'array_agg(' ~ feature.name ~ ' order by client_id) as ' ~ feature.name
        ) -%}
    {%- endfor -%}
    {{ packed | join(',\n        ') }}
{%- endmacro %}


{#- The packed arrays as rows, each under its feature's name: numbers or codes. -#}
{% macro feature_rows_of(packed, alias) -%}
    {%- set rows = [] -%}
    {%- for feature in all_features() -%}
        {%- set column = packed ~ '.' ~ feature.name -%}
        {%- do rows.append(
            [text_literal(feature.name), column, 'cast(null as text[])']
            if feature.data_type == 'numeric'
            else [text_literal(feature.name), 'cast(null as real[])', column]
        ) -%}
    {%- endfor -%}
    {{ unpivoted(rows, alias, ['feature_name', 'numbers', 'codes']) }}
{%- endmacro %}
