{{ config(
    enabled=target.type == 'postgres' and var('clients', 'all') == 'all'
) }}
-- Every figure downstream assumes that a landing table is what its last load
-- brought, and the batches appended since: neither half a file nor rows added
-- by hand. On Spark, where files are the landing, no log tells of loads.
with

loads as (

    select
        *,
        max(load_id) filter (where batch_id is null)
            over (partition by table_name)
            as replacing_load_id
    from {{ source('ops', 'load_log') }}

),

standing_loads as (

    select
        table_name,
        sum(row_count) as row_count
    from loads
    where load_id >= replacing_load_id
    group by table_name

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
    standing_loads.row_count as loaded_row_count
from landed
left join standing_loads
    on landed.table_name = standing_loads.table_name
where standing_loads.row_count is distinct from landed.row_count
