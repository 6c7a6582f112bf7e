select parent_id from {{ ref('parent') }}
