{{ config(alias='installments_payments') }}

{{ quarantined_rows(
    landing=source('home_credit', 'installments_payments'),
    key=['sk_id_prev', 'num_instalment_number'],
    is_unique=false,
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
