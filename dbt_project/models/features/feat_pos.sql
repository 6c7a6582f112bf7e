with

clients as (

    select client_id from {{ ref('dim_client') }}

),

known_months as (

    select * from {{ ref('fct_pos_month') }}
    where month <= 0

),

month_rows as (

    select
        *,
        month = max(month) over loan as is_latest_month,
        contract_status = 'Completed'
        and installment_count < max(installment_count) over loan
            as is_completed_early
    from known_months
    window
        loan as (partition by previous_application_id)

),

months as (

    select
        client_id,
        {{ aggregated_columns('pos', 'months') }}
    from month_rows
    group by client_id

),

final as (

    select
        clients.client_id,
        {{ feature_table_columns('pos') }}
    from clients
    left join months
        on clients.client_id = months.client_id

)

select * from final
