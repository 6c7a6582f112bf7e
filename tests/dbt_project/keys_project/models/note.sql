{{ config(contract={'enforced': false}) }}
select
    1 as note_id,
    'said' as {{ var('note_column') }}
