{{ config(alias='bureau_balance') }}

{{ quarantined_rows(
    landing=source('home_credit', 'bureau_balance'),
    key=['sk_id_bureau', 'months_balance'],
    month='months_balance',
    parents=[
        {
            'relation': ref('fct_bureau_credit'),
            'columns': {'bureau_credit_id': 'sk_id_bureau'},
            'reason': 'unknown bureau credit',
        },
    ],
) }}
