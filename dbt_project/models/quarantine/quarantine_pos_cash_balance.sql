{{ config(alias='pos_cash_balance') }}

{{ quarantined_rows(
    landing=source('home_credit', 'pos_cash_balance'),
    key=['sk_id_prev', 'months_balance'],
    month='months_balance',
    parents=[parent_client(), parent_loan_of_client()],
) }}
