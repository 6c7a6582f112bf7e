{%- set segments = [
    'contract_type',
    'income_type',
    'education_level',
    'family_status',
    'housing_type',
    'occupation',
    'organization_type',
    'region_rating',
    'age_band',
] -%}
with

clients as (

    select
        contract_type,
        income_type,
        education_level,
        family_status,
        housing_type,
        occupation,
        organization_type,
        income_amount,
        credit_amount,
        annuity_amount,
        is_labelled,
        is_default,
        cast(region_rating as text) as region_rating,
        case
            when age_years < 30 then '<30'
            when age_years < 40 then '30-39'
            when age_years < 50 then '40-49'
            when age_years < 60 then '50-59'
            when age_years >= 60 then '60+'
        end as age_band
    from {{ ref('dim_client') }}

),

labels as (

    select * from {{ ref('ref_code_label') }}

),

segments as (

    select
        {{ segment_columns(segments) }},
        count(*) as client_count,
        count(*) filter (where is_labelled) as labelled_count,
        count(*) filter (where is_default) as default_count,
        {{ exact_sum('credit_amount', 'true') }} as credit_amount_sum,
        {{ exact_sum('annuity_amount', 'true') }} as annuity_amount_sum,
        {{ exact_sum('income_amount', 'true') }} as income_amount_sum
    from clients
    {{ group_by_segments(segments) }}

),

labelled_segments as (

    select
        segments.segment_name,
        segments.segment_value,
        {{ segment_label('segments', 'fr') }},
        {{ segment_label('segments', 'en') }},
        segments.client_count,
        segments.labelled_count,
        segments.default_count,
        {{ share('segments.default_count', 'segments.labelled_count') }}
            as default_rate,
        {{ share(
            'segments.client_count',
            'sum(segments.client_count) over (partition by segments.segment_name)',
        ) }} as client_share,
        segments.credit_amount_sum,
        segments.annuity_amount_sum,
        segments.income_amount_sum,
        segments.credit_amount_sum / nullif(segments.client_count, 0)
            as credit_amount_mean
    from segments
    left join labels
        on
            segments.segment_name = labels.code_set
            and segments.segment_value = labels.code

)

select * from labelled_segments
