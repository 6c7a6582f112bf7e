with

months as (

    select * from {{ ref('stg_home_credit__card_months') }}

),

quarantined as (

    select * from {{ ref('quarantine_credit_card_balance') }}

),

months_of_cards as (

    select
        -- ids
        previous_application_id,
        client_id,

        -- codes
        contract_status,

        -- numerics
        balance_amount,
        credit_limit_amount,
        drawings_amount,
        atm_drawings_amount,
        pos_drawings_amount,
        other_drawings_amount,
        minimum_installment_amount,
        payment_amount,
        payment_total_amount,
        receivable_principal_amount,
        receivable_amount,
        receivable_total_amount,
        drawings_count,
        atm_drawings_count,
        pos_drawings_count,
        other_drawings_count,
        matured_installment_count,
        days_past_due,
        days_past_due_tolerated,

        -- month relative to the application
        month
    from months
    where
        {{ is_held('months', {
            'previous_application_id': 'sk_id_prev',
            'month': 'months_balance',
        }) }}

)

select * from months_of_cards
