select cast(number as {{ var('parent_type') }}) as parent_id
from generate_series(1, {{ var('parents') }}) as numbers (number)
cross join (select pg_sleep({{ var('parent_seconds') }})) as a_while
