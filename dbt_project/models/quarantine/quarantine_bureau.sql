{{ config(alias='bureau') }}

{{ quarantined_rows(
    landing=source('home_credit', 'bureau'),
    key=['sk_id_bureau'],
    parents=[parent_client()],
) }}
