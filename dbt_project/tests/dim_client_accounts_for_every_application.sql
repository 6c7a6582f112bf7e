-- Scoring answers for every client and training sees every label: an
-- application of either landing table is in dim_client or in quarantine.
with

counts as (

    select
        (select count(*) from {{ source('home_credit', 'application_train') }})
        + (select count(*) from {{ source('home_credit', 'application_test') }})
            as landed,
        (select count(*) from {{ ref('dim_client') }}) as held,
        (select count(*) from {{ ref('quarantine_application_train') }})
        + (select count(*) from {{ ref('quarantine_application_test') }})
            as quarantined

)

select *
from counts
where landed <> held + quarantined
