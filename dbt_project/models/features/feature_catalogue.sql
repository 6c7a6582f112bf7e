{{ config(pre_hook="{{ refuse_wordless_features() }}") }}

with

specified as (

    select specified.*
    from {{ specified_features() }}

),

measures as (

    select * from {{ ref('feature_measure') }}

),

aggregates as (

    select * from {{ ref('feature_aggregate') }}

),

windows as (

    select * from {{ ref('feature_window') }}

),

themes as (

    select * from {{ ref('feature_theme') }}

),

-- words for the whole name win over words for the measure with its aggregate,
-- and these over words for the measure alone
worded as (

    select
        specified.*,
        measures.theme,
        measures.unit,
        measures.expected_direction,
        measures.is_protected,
        specified.window_name <> ''
        and measures.measure <> specified.feature_name as is_window_to_add,
        replace(
            measures.label_fr,
            '{aggregate}',
            case measures.gender_fr
                when 'm' then aggregates.label_fr_masculine
                when 'f' then aggregates.label_fr_feminine
                else ''
            end
        ) as measure_fr,
        replace(
            measures.label_en,
            '{aggregate}',
            coalesce(aggregates.label_en, '')
        ) as measure_en,
        row_number() over (
            partition by specified.feature_name
            order by length(measures.measure) desc
        ) as preference
    from specified
    left join measures
        on
            measures.measure
            in (specified.feature_name, specified.stem, specified.measure)
    left join aggregates
        on specified.aggregate = aggregates.aggregate

),

labelled as (

    select
        worded.*,
        themes.label_fr as theme_label_fr,
        themes.label_en as theme_label_en,
        case
            when worded.is_window_to_add
                then worded.measure_fr || ', ' || windows.label_fr
            else worded.measure_fr
        end as phrase_fr,
        case
            when worded.is_window_to_add
                then worded.measure_en || ', ' || windows.label_en
            else worded.measure_en
        end as phrase_en
    from worded
    left join windows
        on
            worded.source = windows.source
            and worded.window_name = windows.window_name
    left join themes
        on worded.theme = themes.theme
    where worded.preference = 1

),

final as (

    select
        feature_name,
        position,
        source,
        theme,
        theme_label_fr,
        theme_label_en,
        upper(left(phrase_fr, 1)) || substr(phrase_fr, 2) as label_fr,
        upper(left(phrase_en, 1)) || substr(phrase_en, 2) as label_en,
        unit,
        data_type,
        cast(expected_direction as smallint) as expected_direction,
        is_protected,
        code_set,
        computation as description
    from labelled

)

select * from final
