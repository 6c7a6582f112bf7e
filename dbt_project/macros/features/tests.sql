{#
    Every entry of a seed of words is used by at least one feature: `kind` is
    measure, aggregate or window. As in feature_catalogue, words for the whole name
    are used in the place of words for the measure with its aggregate, and these in
    the place of words for the measure alone.
#}
{% test every_word_is_used(model, kind) %}
    with

    features as (

        select specified.*
        from jsonb_to_recordset({{ specified_features() }}) as specified (
            feature_name text,
            source text,
            measure text,
            stem text,
            aggregate text,
            window_name text
        )

    ),

    words as (

        select * from {{ model }}

    )

    select words.*
    from words
    where not exists (
        select 1
        from features
        {% if kind == 'measure' %}
        where
            words.measure
            = (
                select best.measure
                from words as best
                where
                    best.measure
                    in (features.feature_name, features.stem, features.measure)
                order by length(best.measure) desc
                limit 1
            )
        {% elif kind == 'aggregate' %}
        where words.aggregate = features.aggregate
        {% elif kind == 'window' %}
        where
            words.source = features.source
            and words.window_name = features.window_name
            and features.feature_name
            not in (select measure from {{ ref('feature_measure') }})
        {% endif %}
    )
{% endtest %}


{# The table has the catalogue's columns, in its order and of its types. #}
{% test columns_match_the_catalogue(model) %}
    with

    columns as (

        select
            cast(attname as text) as feature_name,
            attnum - 1 as position,
            case format_type(atttypid, null)
                when 'real' then 'numeric'
                when 'text' then 'categorical'
            end as data_type
        from pg_attribute
        where
            attrelid = cast('{{ model }}' as regclass)
            and attnum > 0
            and not attisdropped
            and attname <> 'client_id'

    ),

    catalogue as (

        select * from {{ ref('feature_catalogue') }}

    )

    select
        columns.feature_name as column_name,
        catalogue.feature_name as catalogue_name
    from columns
    full outer join catalogue
        on
            columns.feature_name = catalogue.feature_name
            and columns.position = catalogue.position
            and columns.data_type = catalogue.data_type
    where
        columns.feature_name is null
        or catalogue.feature_name is null
{% endtest %}
