{#-
    No row vanishes: what landed is in the mart or in quarantine. `rows` counts the
    landing rows behind the mart, where that is not one for each of its rows.
-#}
{% test accounts_for_landing(model, landing, quarantine, rows='count(*)') %}

with

counts as (

    select
        (select count(*) from {{ landing }}) as landed,
        (select {{ rows }} from {{ model }}) as held,
        (select count(*) from {{ quarantine }}) as quarantined

)

select *
from counts
where landed <> held + quarantined

{% endtest %}
