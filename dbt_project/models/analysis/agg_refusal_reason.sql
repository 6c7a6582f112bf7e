with

refusals as (

    select
        requested_amount,
        coalesce(contract_type, 'missing') as contract_type,
        coalesce(reject_reason, 'missing') as reject_reason
    from {{ ref('fct_previous_application') }}
    where contract_status = 'Refused'

),

labels as (

    select * from {{ ref('ref_code_label') }}

),

reasons as (

    select
        contract_type,
        reject_reason as segment_value,
        count(*) as refused_count,
        {{ exact_sum('requested_amount', 'true') }} as requested_amount_sum
    from refusals
    group by contract_type, reject_reason

),

labelled_reasons as (

    select
        reasons.contract_type,
        reasons.segment_value as reject_reason,
        {{ segment_label('reasons', 'fr') }},
        {{ segment_label('reasons', 'en') }},
        reasons.refused_count,
        {{ share(
            'reasons.refused_count',
            'sum(reasons.refused_count) over (partition by reasons.contract_type)',
        ) }} as refused_share,
        reasons.requested_amount_sum
    from reasons
    left join labels
        on
            labels.code_set = 'reject_reason'
            and reasons.segment_value = labels.code

)

select * from labelled_reasons
