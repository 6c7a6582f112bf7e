{{ config(materialized='view', contract={'enforced': false}) }}
select {{ var('note_column') }} as said from {{ ref('note') }}
