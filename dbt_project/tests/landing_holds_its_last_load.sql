-- Every figure downstream assumes that a landing table is what its last load
-- brought: neither half a file nor rows that were added by hand.
with

last_loads as (

    select distinct on (table_name)
        table_name,
        row_count
    from {{ source('ops', 'load_log') }}
    order by
        table_name asc,
        load_id desc

),

landed as (

    {% for table in [
        'application_train',
        'application_test',
        'bureau',
        'bureau_balance',
        'previous_application',
        'pos_cash_balance',
        'credit_card_balance',
        'installments_payments',
    ] -%}
    select
        '{{ table }}' as table_name,
        count(*) as row_count
    from {{ source('home_credit', table) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    landed.table_name,
    landed.row_count as landed_row_count,
    last_loads.row_count as loaded_row_count
from landed
left join last_loads
    on landed.table_name = last_loads.table_name
where last_loads.row_count is distinct from landed.row_count
