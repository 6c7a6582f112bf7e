{{ config(enabled=target.type == 'postgres') }}

with

clients as (

    select * from {{ ref('dim_client') }}

),

final as (

    select
        {{ client_block_of('client_id') }} as client_block,
        array_agg(client_id order by client_id) as client_ids,
        array_agg(is_default order by client_id) as outcomes
    from clients
    group by {{ client_block_of('client_id') }}

)

select * from final
