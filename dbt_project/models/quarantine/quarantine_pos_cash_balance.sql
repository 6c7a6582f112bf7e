{{ config(alias='pos_cash_balance') }}

{{ quarantined_rows(
    landing=source('home_credit', 'pos_cash_balance'),
    key=['sk_id_prev', 'months_balance'],
    parents=[
        {
            'relation': ref('dim_client'),
            'columns': {'client_id': 'sk_id_curr'},
            'reason': 'unknown client',
        },
        {
            'relation': ref('fct_previous_application'),
            'columns': {
                'previous_application_id': 'sk_id_prev',
                'client_id': 'sk_id_curr',
            },
            'reason': 'loan of another client',
        },
    ],
) }}
