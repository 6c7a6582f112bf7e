select
    number as child_id,
    number as parent_id,
    'red' as colour,
    {{ '1 / (number - number)' if var('child_fails') else 'number' }} as amount
from generate_series(1, {{ var('children') }}) as numbers (number)
