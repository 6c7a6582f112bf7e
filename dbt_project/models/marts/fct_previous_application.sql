with

clients as (

    select client_id from {{ ref('dim_client') }}

),

applications as (

    select * from {{ ref('stg_home_credit__previous_applications') }}

),

quarantined as (

    select * from {{ ref('quarantine_previous_application') }}

),

held_applications as (

    select
        applications.*,
        true as has_application
    from applications
    where
        {{ is_held('applications', {'previous_application_id': 'sk_id_prev'}) }}

),

loans_of_balance_tables as (

    {% for staged in [
        'stg_home_credit__pos_months',
        'stg_home_credit__card_months',
        'stg_home_credit__installments',
    ] -%}
    select
        previous_application_id,
        client_id,
        count(*) as row_count
    from {{ ref(staged) }}
    where previous_application_id is not null
    group by previous_application_id, client_id
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

loans_without_application as (

    select
        loans_of_balance_tables.previous_application_id,
        loans_of_balance_tables.client_id,
        sum(loans_of_balance_tables.row_count) as row_count
    from loans_of_balance_tables
    inner join clients
        on loans_of_balance_tables.client_id = clients.client_id
    where
        not exists (
            select 1
            from held_applications
            where
                loans_of_balance_tables.previous_application_id
                = held_applications.previous_application_id
        )
    group by
        loans_of_balance_tables.previous_application_id,
        loans_of_balance_tables.client_id

),

-- a loan has one client: the one with most rows, the first number among equals
clients_of_loans as (

    select
        previous_application_id,
        client_id,
        row_number() over (
            partition by previous_application_id
            order by row_count desc, client_id asc
        ) as preference
    from loans_without_application

),

header_rows as (

    select
        previous_application_id,
        client_id,
        false as has_application
    from clients_of_loans
    where preference = 1

),

loans as (

    select
        previous_application_id,
        client_id,
        has_application
    from held_applications
    union all
    select
        previous_application_id,
        client_id,
        has_application
    from header_rows

),

applications_and_headers as (

    select
        -- ids
        loans.previous_application_id,
        loans.client_id,

        -- codes
        held_applications.contract_type,
        held_applications.contract_status,
        held_applications.application_weekday,
        held_applications.loan_purpose,
        held_applications.payment_type,
        held_applications.reject_reason,
        held_applications.suite_type,
        held_applications.client_type,
        held_applications.goods_category,
        held_applications.portfolio,
        held_applications.product_type,
        held_applications.channel_type,
        held_applications.seller_industry,
        held_applications.yield_group,
        held_applications.product_combination,

        -- numerics
        held_applications.requested_amount,
        held_applications.credit_amount,
        held_applications.annuity_amount,
        held_applications.down_payment_amount,
        held_applications.goods_price_amount,
        held_applications.down_payment_rate,
        held_applications.primary_interest_rate,
        held_applications.privileged_interest_rate,
        held_applications.term_months,
        held_applications.seller_place_area,
        held_applications.application_hour,

        -- days relative to the application
        held_applications.decision_day,
        held_applications.first_drawing_day,
        held_applications.first_due_day,
        held_applications.last_due_first_version_day,
        held_applications.last_due_day,
        held_applications.termination_day,

        -- booleans
        held_applications.is_last_application_of_contract,
        held_applications.is_last_application_of_day,
        held_applications.is_insured,
        held_applications.is_first_drawing_unknown,
        held_applications.is_first_due_unknown,
        held_applications.is_last_due_first_version_unknown,
        held_applications.is_last_due_unknown,
        held_applications.is_termination_unknown,
        loans.has_application
    from loans
    left join held_applications
        on
            loans.previous_application_id
            = held_applications.previous_application_id

)

select * from applications_and_headers
