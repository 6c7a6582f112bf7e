with

clients as (

    select client_id from {{ ref('dim_client') }}

),

due_installments as (

    select * from {{ ref('fct_installment') }}
    where due_day <= 0

),

installment_rows as (

    select
        *,
        -- less than half a cent short is paid in full
        paid_amount < due_amount - 0.005 as is_underpaid,
        payment_count = 0 or days_late > 0 as is_late,
        {{ positive_part('days_late') }} as days_past_due,
        {{ positive_part('-days_late') }} as days_before_due,
        {{ positive_part('due_amount - paid_amount') }}
            as shortfall_amount,
        case
            when payment_count = 0 or days_late > 0 then due_amount else 0
        end as late_amount,
        due_day / cast(365 as double precision) as elapsed_years,
        -- halves in about eight months; bounded so that exp() cannot underflow
        exp(greatest(due_day, -36500) / cast(365 as double precision))
            as recency_weight,
        row_number() over latest_first as recency_rank,
        previous_application_id
        = first_value(previous_application_id) over latest_first
            as is_last_loan
    from due_installments
    window
        latest_first as (
            partition by client_id
            order by
                due_day desc,
                previous_application_id desc,
                installment_number desc
        )

),

installments as (

    select
        client_id,
        {{ aggregated_columns('installments', 'installments') }}
    from installment_rows
    group by client_id

),

final as (

    select
        clients.client_id,
        {{ feature_table_columns('installments') }}
    from clients
    left join installments
        on clients.client_id = installments.client_id

)

select * from final
