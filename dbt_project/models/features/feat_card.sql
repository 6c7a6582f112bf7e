with

clients as (

    select client_id from {{ ref('dim_client') }}

),

month_rows as (

    select
        *,
        -- halves in about eight months; bounded so that exp() cannot underflow
        exp(greatest(month, -1200) / cast(12 as double precision))
            as recency_weight
    from {{ ref('fct_card_month') }}
    where month <= 0

),

months as (

    select
        client_id,
        {{ aggregated_columns('card', 'months') }}
    from month_rows
    group by client_id

),

final as (

    select
        clients.client_id,
        {{ feature_table_columns('card') }}
    from clients
    left join months
        on clients.client_id = months.client_id

)

select * from final
