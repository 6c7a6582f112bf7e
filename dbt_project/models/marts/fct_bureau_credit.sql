with

credits as (

    select * from {{ ref('stg_home_credit__bureau_credits') }}

),

quarantined as (

    select * from {{ ref('quarantine_bureau') }}

),

credits_of_clients as (

    select
        -- ids
        bureau_credit_id,
        client_id,

        -- codes
        credit_status,
        credit_currency,
        credit_type,

        -- numerics
        overdue_days_count,
        prolongation_count,
        max_overdue_amount,
        credit_amount,
        debt_amount,
        limit_amount,
        overdue_amount,
        annuity_amount,

        -- days relative to the application
        opened_day,
        planned_end_day,
        actual_end_day,
        updated_day
    from credits
    where
        {{ is_held('credits', {'bureau_credit_id': 'sk_id_bureau'}) }}

)

select * from credits_of_clients
