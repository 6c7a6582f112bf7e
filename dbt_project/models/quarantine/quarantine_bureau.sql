{{ config(alias='bureau') }}

{{ quarantined_rows(
    landing=source('home_credit', 'bureau'),
    key=['sk_id_bureau'],
    parents=[
        {
            'relation': ref('dim_client'),
            'columns': {'client_id': 'sk_id_curr'},
            'reason': 'unknown client',
        },
    ],
) }}
