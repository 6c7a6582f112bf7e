{%- set segments = [
    'contract_type',
    'channel_type',
    'client_type',
    'years_before',
] -%}
with

applications as (

    select
        contract_type,
        channel_type,
        client_type,
        contract_status,
        requested_amount,
        credit_amount,
        cast(floor((0 - decision_day) / 365.25) as text) as years_before
    from {{ ref('fct_previous_application') }}
    where has_application

),

labels as (

    select * from {{ ref('ref_code_label') }}

),

segments as (

    select
        {{ segment_columns(segments) }},
        count(*) as application_count,
        count(*) filter (where contract_status = 'Approved') as approved_count,
        count(*) filter (where contract_status = 'Refused') as refused_count,
        count(*) filter (where contract_status = 'Canceled')
            as cancelled_count,
        count(*) filter (where contract_status = 'Unused offer')
            as unused_count,
        {{ exact_sum('requested_amount', 'true') }} as requested_amount_sum,
        {{ exact_sum('credit_amount', "contract_status = 'Approved'") }}
            as granted_amount_sum
    from applications
    {{ group_by_segments(segments) }}

),

labelled_segments as (

    select
        segments.segment_name,
        segments.segment_value,
        {{ segment_label('segments', 'fr') }},
        {{ segment_label('segments', 'en') }},
        segments.application_count,
        {%- for outcome in ['approved', 'refused', 'cancelled', 'unused'] %}
        segments.{{ outcome }}_count,
        {{ share(
            'segments.' ~ outcome ~ '_count', 'segments.application_count'
        ) }} as {{ outcome }}_share,
        {%- endfor %}
        segments.requested_amount_sum,
        coalesce(segments.granted_amount_sum, 0) as granted_amount_sum
    from segments
    left join labels
        on
            segments.segment_name = labels.code_set
            and segments.segment_value = labels.code

)

select * from labelled_segments
