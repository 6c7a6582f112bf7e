{#- Every code in these columns has its label, under the column's name as set. -#}
{% test codes_have_labels(model, columns) %}

{%- set pairs = [] -%}
{%- for column in columns -%}
    {%- do pairs.append(["'" ~ column ~ "'", 'rows_with_codes.' ~ column]) -%}
{%- endfor %}

with

codes as (

    select distinct
        coded.code_set,
        coded.code
    from {{ model }} as rows_with_codes
    {{ unpivoted(pairs, 'coded', ['code_set', 'code']) }}
    where coded.code is not null

)

select codes.*
from codes
left join {{ ref('ref_code_label') }} as labels
    on
        codes.code_set = labels.code_set
        and codes.code = labels.code
where labels.code is null

{% endtest %}
