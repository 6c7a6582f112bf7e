{%- set buckets = "'0', '1', '2', '3', '4', '5'" -%}
select
    -- ids
    ctid as landing_row_id,
    cast(sk_id_bureau as integer) as bureau_credit_id,

    -- codes
    status,

    -- numerics
    case when status in ({{ buckets }}) then cast(status as smallint) end
        as past_due_bucket,

    -- month relative to the application
    cast(months_balance as smallint) as month,

    -- booleans
    coalesce(status = 'C', false) as is_closed,
    coalesce(status not in ({{ buckets }}, 'C'), true) as is_unknown
from {{ source('home_credit', 'bureau_balance') }}
