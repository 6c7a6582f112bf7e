with

clients as (

    select client_id from {{ ref('dim_client') }}

),

all_credits as (

    select * from {{ ref('fct_bureau_credit') }}

),

all_months as (

    select * from {{ ref('fct_bureau_month') }}

),

credit_rows as (

    select
        *,
        {{ positive_part('debt_amount') }} as owed_amount,
        {{ positive_part('limit_amount') }} as usable_limit_amount,
        row_number() over (
            partition by client_id
            order by opened_day desc, bureau_credit_id desc
        ) as recency_rank
    from all_credits
    where opened_day <= 0

),

month_rows as (

    select
        all_credits.client_id,
        all_months.*,
        -- halves in about eight months; bounded so that exp() cannot underflow
        exp(greatest(all_months.month, -1200) / cast(12 as double precision))
            as recency_weight
    from all_months
    inner join all_credits
        on all_months.bureau_credit_id = all_credits.bureau_credit_id
    where all_months.month <= 0

),

credits as (

    select
        client_id,
        {{ aggregated_columns('bureau', 'credits') }}
    from credit_rows
    group by client_id

),

months as (

    select
        client_id,
        {{ aggregated_columns('bureau', 'months') }}
    from month_rows
    group by client_id

),

final as (

    select
        clients.client_id,
        {{ feature_table_columns('bureau') }}
    from clients
    left join credits
        on clients.client_id = credits.client_id
    left join months
        on clients.client_id = months.client_id

)

select * from final
