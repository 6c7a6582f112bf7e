-- depends_on: {{ ref('dim_client') }}
{{ config(post_hook="{{ create_what_if_function() }}") }}

with

applications as (

    select * from {{ ref('feat_application') }}

),

final as (

    {{ wide_features('applications') }}

)

select * from final
