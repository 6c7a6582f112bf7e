{{ config(enabled=target.type == 'postgres') }}

{#-
    Where the server knows them: all arrays have one order, so that one sort does for
    all, where the transformer otherwise sorts for each aggregate; LZ4 asks less of the
    processor than pglz.
#}
{% call set_sql_header(config) -%}
    select set_config(wanted.name, wanted.setting, true)
    from (values
        ('enable_presorted_aggregate', 'on'),
        ('default_toast_compression', 'lz4')
    ) as wanted (name, setting)
    inner join pg_settings on pg_settings.name = wanted.name
    where wanted.setting = any(coalesce(enumvals, array[wanted.setting]));
{%- endcall %}

with

clients as (

    select * from {{ ref('client_features') }}

),

packed as (

    select
        {{ client_block_of('client_id') }} as client_block,
        {{ packed_features() }}
    from clients
    group by {{ client_block_of('client_id') }}

),

final as (

    select
        packed_column.feature_name,
        packed.client_block,
        packed_column.numbers,
        packed_column.codes
    from packed
    {{ feature_rows_of('packed', 'packed_column') }}

)

select * from final
