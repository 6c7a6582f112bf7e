select
    -- ids
    ctid as landing_row_id,
    cast(sk_id_bureau as integer) as bureau_credit_id,

    -- codes
    status,

    -- numerics
    case when status ~ '^[0-5]$' then cast(status as smallint) end
        as past_due_bucket,

    -- month relative to the application
    cast(months_balance as smallint) as month,

    -- booleans
    coalesce(status = 'C', false) as is_closed,
    coalesce(status !~ '^[0-5C]$', true) as is_unknown
from {{ source('home_credit', 'bureau_balance') }}
