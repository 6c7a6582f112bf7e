with

clients as (

    select * from {{ ref('dim_client') }}

),

final as (

    {{ application_features('clients') }}

)

select * from final
