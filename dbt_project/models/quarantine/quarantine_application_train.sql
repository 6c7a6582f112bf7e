{{ config(alias='application_train') }}

{{ quarantined_rows(
    landing=source('home_credit', 'application_train'),
    key=['sk_id_curr'],
) }}
