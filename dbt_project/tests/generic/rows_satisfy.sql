{#- Each expression is true, or null, for every row; the rows are read once. -#}
{% test rows_satisfy(model, expressions) %}

select violated.expression
from {{ model }}
cross join lateral (
    values
    {%- for expression in expressions %}
    ('{{ expression | replace("'", "''") }}', {{ expression }}){{ ',' if not loop.last }}
    {%- endfor %}
) as violated (expression, is_true)
where not violated.is_true

{% endtest %}
