{{ config(enabled=target.type == 'postgres') }}

{%- set columns = [] %}
{%- for feature in all_features() %}
    {%- set packed = 'packed.' ~ feature.name %}
    {%- do columns.append(
        [text_literal(feature.name), packed, 'cast(null as text[])']
        if feature.data_type == 'numeric'
        else [text_literal(feature.name), 'cast(null as real[])', packed]
    ) %}
{%- endfor %}

with

clients as (

    select * from {{ ref('client_features') }}

),

packed as (

    select
        {{ client_block_of('client_id') }} as client_block,
        {%- for feature in all_features() %}
        array_agg({{ feature.name }} order by client_id) as {{ feature.name }}
        {{- "," if not loop.last }}
        {%- endfor %}
    from clients
    group by {{ client_block_of('client_id') }}

),

final as (

    select
        packed_column.feature_name,
        packed.client_block,
        packed_column.numbers,
        packed_column.codes
    from packed
    {{ unpivoted(
        columns, 'packed_column', ['feature_name', 'numbers', 'codes']
    ) }}

)

select * from final
