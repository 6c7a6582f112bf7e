{{ config(materialized='view') }}
select
    child.child_id,
    parent.parent_id
from {{ ref('child') }} as child
inner join {{ ref('parent') }} as parent
    on child.parent_id = parent.parent_id
