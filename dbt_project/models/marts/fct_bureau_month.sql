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
        {{ is_held('months', {
            'bureau_credit_id': 'sk_id_bureau',
            'month': 'months_balance',
        }) }}

)

select * from months_of_credits
