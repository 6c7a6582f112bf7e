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


{#-
    What the statement that makes the blocks goes by, where the server knows it. All
    arrays have one order, so that one sort does for all of them, where the transformer
    otherwise sorts for each aggregate; LZ4 asks less of the processor than pglz.
-#}
{% macro settings_to_pack_by() -%}
    select set_config(wanted.name, wanted.setting, true)
    from (values
        ('enable_presorted_aggregate', 'on'),
        ('default_toast_compression', 'lz4')
    ) as wanted (name, setting)
    inner join pg_settings on pg_settings.name = wanted.name
    where wanted.setting = any(coalesce(enumvals, array[wanted.setting]));
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
