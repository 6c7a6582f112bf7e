-- Features aggregate balances by their own client_id, the dashboard by the
-- loan's: the two must name the same client.
{% for balances in ['fct_pos_month', 'fct_card_month', 'fct_installment'] -%}
select
    '{{ balances }}' as table_name,
    balances.previous_application_id,
    balances.client_id,
    loans.client_id as client_id_of_loan
from {{ ref(balances) }} as balances
inner join {{ ref('fct_previous_application') }} as loans
    on balances.previous_application_id = loans.previous_application_id
where balances.client_id <> loans.client_id
{{ 'union all' if not loop.last }}
{% endfor %}
