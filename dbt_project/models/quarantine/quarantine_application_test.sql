{{ config(alias='application_test') }}

with

first_rows as (

    select
        sk_id_curr,
        min(landing_row_id) as row_id
    from {{ landed_rows(source('home_credit', 'application_test')) }}
    group by sk_id_curr

),

labelled_clients as (

    select distinct sk_id_curr
    from {{ source('home_credit', 'application_train') }}

)

select
    landed.*,
    case
        when landed.sk_id_curr is null then 'null key'
        else 'repeated key'
    end as reason
from {{ landed_rows(source('home_credit', 'application_test')) }}
left join first_rows
    on landed.sk_id_curr = first_rows.sk_id_curr
left join labelled_clients
    on landed.sk_id_curr = labelled_clients.sk_id_curr
where
    landed.sk_id_curr is null
    or landed.landing_row_id <> first_rows.row_id
    or labelled_clients.sk_id_curr is not null
