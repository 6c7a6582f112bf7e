{%- set never = 365243 -%}
select
    -- ids
    ctid as landing_row_id,
    cast(sk_id_prev as integer) as previous_application_id,
    cast(sk_id_curr as integer) as client_id,

    -- codes
    nullif(name_contract_type, 'XNA') as contract_type,
    nullif(name_contract_status, 'XNA') as contract_status,
    nullif(weekday_appr_process_start, 'XNA') as application_weekday,
    nullif(name_cash_loan_purpose, 'XNA') as loan_purpose,
    nullif(name_payment_type, 'XNA') as payment_type,
    nullif(code_reject_reason, 'XNA') as reject_reason,
    nullif(name_type_suite, 'XNA') as suite_type,
    nullif(name_client_type, 'XNA') as client_type,
    nullif(name_goods_category, 'XNA') as goods_category,
    nullif(name_portfolio, 'XNA') as portfolio,
    nullif(name_product_type, 'XNA') as product_type,
    nullif(channel_type, 'XNA') as channel_type,
    nullif(name_seller_industry, 'XNA') as seller_industry,
    nullif(name_yield_group, 'XNA') as yield_group,
    nullif(product_combination, 'XNA') as product_combination,

    -- numerics
    cast(amt_application as double precision) as requested_amount,
    cast(amt_credit as double precision) as credit_amount,
    cast(amt_annuity as double precision) as annuity_amount,
    cast(amt_down_payment as double precision) as down_payment_amount,
    cast(amt_goods_price as double precision) as goods_price_amount,
    cast(rate_down_payment as double precision) as down_payment_rate,
    cast(rate_interest_primary as double precision) as primary_interest_rate,
    cast(rate_interest_privileged as double precision)
        as privileged_interest_rate,
    cast(cnt_payment as integer) as term_months,
    cast(nullif(sellerplace_area, -1) as integer) as seller_place_area,
    cast(hour_appr_process_start as smallint) as application_hour,

    -- days relative to the application
    cast(days_decision as integer) as decision_day,
    cast(nullif(days_first_drawing, {{ never }}) as integer)
        as first_drawing_day,
    cast(nullif(days_first_due, {{ never }}) as integer) as first_due_day,
    cast(nullif(days_last_due_1st_version, {{ never }}) as integer)
        as last_due_first_version_day,
    cast(nullif(days_last_due, {{ never }}) as integer) as last_due_day,
    cast(nullif(days_termination, {{ never }}) as integer) as termination_day,

    -- booleans
    flag_last_appl_per_contract = 'Y' as is_last_application_of_contract,
    nflag_last_appl_in_day = 1 as is_last_application_of_day,
    nflag_insured_on_approval = 1 as is_insured,
    coalesce(days_first_drawing = {{ never }}, false)
        as is_first_drawing_unknown,
    coalesce(days_first_due = {{ never }}, false) as is_first_due_unknown,
    coalesce(days_last_due_1st_version = {{ never }}, false)
        as is_last_due_first_version_unknown,
    coalesce(days_last_due = {{ never }}, false) as is_last_due_unknown,
    coalesce(days_termination = {{ never }}, false) as is_termination_unknown
from {{ source('home_credit', 'previous_application') }}
