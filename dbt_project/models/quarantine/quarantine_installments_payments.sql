{{ config(alias='installments_payments') }}

{{ quarantined_rows(
    landing=source('home_credit', 'installments_payments'),
    key=['sk_id_prev', 'num_instalment_number'],
    is_unique=false,
    parents=[parent_client(), parent_loan_of_client()],
) }}
