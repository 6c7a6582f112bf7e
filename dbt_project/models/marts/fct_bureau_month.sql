with

months as (

    select * from {{ ref('stg_home_credit__bureau_months') }}

),

quarantined as (

    select * from {{ ref('quarantine_bureau_balance') }}

),

months_of_credits as (

    select
        -- ids
        bureau_credit_id,

        -- codes
        status,

        -- numerics
        past_due_bucket,

        -- month relative to the application
        month,

        -- booleans
        is_closed,
        is_unknown
    from months
    where
        not exists (
            select 1
            from quarantined
            where
                months.landing_row_id = quarantined.landing_row_id
                and months.bureau_credit_id
                is not distinct from quarantined.sk_id_bureau
                and months.month
                is not distinct from quarantined.months_balance
        )

)

select * from months_of_credits
