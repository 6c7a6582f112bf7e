{{ config(alias='previous_application') }}

{{ quarantined_rows(
    landing=source('home_credit', 'previous_application'),
    key=['sk_id_prev'],
    parents=[
        {
            'relation': ref('dim_client'),
            'columns': {'client_id': 'sk_id_curr'},
            'reason': 'unknown client',
        },
    ],
) }}
