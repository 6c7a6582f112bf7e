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
        from {{ specified_features() }}

    ),

    words as (

        select * from {{ model }}

    ),

    used as (

        {% if kind == 'measure' %}
        select
            words.measure as word,
            row_number() over (
                partition by features.feature_name
                order by length(words.measure) desc
            ) as preference
        from features
        inner join words
            on
                words.measure
                in (features.feature_name, features.stem, features.measure)
        {% elif kind == 'aggregate' %}
        select
            aggregate as word,
            1 as preference
        from features
        {% elif kind == 'window' %}
        select
            features.source || ' ' || features.window_name as word,
            1 as preference
        from features
        left join {{ ref('feature_measure') }} as measures
            on features.feature_name = measures.measure
        where measures.measure is null
        {% endif %}

    )

    {%- set word = {
        'measure': 'words.measure',
        'aggregate': 'words.aggregate',
        'window': "words.source || ' ' || words.window_name",
    }[kind] %}

    select words.*
    from words
    left join used
        on
            {{ word }} = used.word
            and used.preference = 1
    where used.word is null
{% endtest %}


{# The table has the catalogue's columns, in its order and of its types. #}
{% test columns_match_the_catalogue(model) %}
    with

    columns as (

        {{ physical_columns(model) }}

    ),

    features as (

        select * from columns
        where feature_name <> 'client_id'

    ),

    catalogue as (

        select * from {{ ref('feature_catalogue') }}

    )

    select
        features.feature_name as column_name,
        catalogue.feature_name as catalogue_name
    from features
    full outer join catalogue
        on
            features.feature_name = catalogue.feature_name
            and features.position = catalogue.position
            and features.data_type = catalogue.data_type
    where
        features.feature_name is null
        or catalogue.feature_name is null
{% endtest %}


{# A feature that is listed as left out is not among the features. #}
{% test pruned_columns_are_no_features(model) %}
    with

    features as (

        select specified.*
        from {{ specified_features() }}

    ),

    pruned as (

        select * from {{ model }}

    )

    select pruned.*
    from pruned
    inner join features
        on pruned.column_name = features.feature_name
    where pruned.table_name = 'client_features'
{% endtest %}
