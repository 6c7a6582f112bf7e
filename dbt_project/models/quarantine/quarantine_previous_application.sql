{{ config(alias='previous_application') }}

{{ quarantined_rows(
    landing=source('home_credit', 'previous_application'),
    key=['sk_id_prev'],
    parents=[parent_client()],
) }}
