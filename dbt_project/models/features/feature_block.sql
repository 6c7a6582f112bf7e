{{ config(enabled=target.type == 'postgres') }}

{% call set_sql_header(config) %}{{ settings_to_pack_by() }}{% endcall %}

with

clients as (

    select * from {{ ref('client_features') }}

),

packed as (

    select
        {{ client_block_of('client_id') }} as client_block,
        {{ packed_features() }}
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
    {{ feature_rows_of('packed', 'packed_column') }}

)

select * from final
