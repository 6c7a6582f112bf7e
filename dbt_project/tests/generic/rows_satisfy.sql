{#- Each expression is true, or null, for every row; the rows are read once. -#}
{% test rows_satisfy(model, expressions) %}

{%- set pairs = [] -%}
{%- for expression in expressions -%}
    {%- do pairs.append([text_literal(expression), expression]) -%}
{%- endfor %}

select violated.expression
from {{ model }}
{{ unpivoted(pairs, 'violated', ['expression', 'is_true']) }}
where not violated.is_true

{% endtest %}
