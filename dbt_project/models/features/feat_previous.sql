with

clients as (

    select client_id from {{ ref('dim_client') }}

),

previous_applications as (

    select * from {{ ref('fct_previous_application') }}

),

application_rows as (

    select
        *,
        contract_status = 'Approved'
        and coalesce(termination_day, 1) > 0 as is_running,
        case yield_group
            when 'low_action' then 1
            when 'low_normal' then 2
            when 'middle' then 3
            when 'high' then 4
        end as yield_rank,
        row_number() over (
            partition by client_id
            order by decision_day desc, previous_application_id desc
        ) as recency_rank,
        row_number() over (
            partition by client_id, contract_status
            order by decision_day desc, previous_application_id desc
        ) as outcome_rank
    from previous_applications
    where
        has_application
        and decision_day <= 0

),

applications as (

    select
        client_id,
        {{ aggregated_columns('previous', 'applications') }}
    from application_rows
    group by client_id

),

final as (

    select
        clients.client_id,
        {{ feature_table_columns('previous') }}
    from clients
    left join applications
        on clients.client_id = applications.client_id

)

select * from final
