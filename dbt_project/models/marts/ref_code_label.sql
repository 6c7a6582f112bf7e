{%- set code_sets = [
    'application_weekday',
    'channel_type',
    'client_type',
    'contract_status',
    'contract_type',
    'credit_currency',
    'credit_status',
    'credit_type',
    'education_level',
    'family_status',
    'gender',
    'goods_category',
    'housing_building_type',
    'housing_repair_fund_type',
    'housing_type',
    'housing_wall_material',
    'income_type',
    'loan_purpose',
    'occupation',
    'organization_type',
    'payment_type',
    'portfolio',
    'product_combination',
    'product_type',
    'reject_reason',
    'seller_industry',
    'status',
    'suite_type',
    'yield_group',
] -%}
with

labels as (

    {% for code_set in code_sets -%}
    select
        '{{ code_set }}' as code_set,
        code,
        label_fr,
        label_en
    from {{ ref('ref_' ~ code_set) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from labels
