{%- set books = past_due_books() -%}
with

{% for book in books -%}
{{ book }}_months as (

    {{ past_due_months(book) }}

),

{{ book }}_next_months as (

    {{ past_due_months(book) }}

),

{% endfor -%}
-- a loan's last month and one before a gap roll nowhere
rolls as (

    {% for book in books -%}
    select
        '{{ book }}' as book,
        {{ book }}_months.bucket as from_bucket,
        {{ book }}_next_months.bucket as to_bucket,
        count(*) as month_count
    from {{ book }}_months
    inner join {{ book }}_next_months
        on
            {{ book }}_months.loan_id = {{ book }}_next_months.loan_id
            and {{ book }}_months.month + 1 = {{ book }}_next_months.month
    group by
        {{ book }}_months.bucket,
        {{ book }}_next_months.bucket
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

roll_rates as (

    select
        book,
        from_bucket,
        to_bucket,
        month_count,
        sum(month_count) over (
            partition by book, from_bucket
        ) as from_month_count
    from rolls

),

shares as (

    select
        book,
        from_bucket,
        to_bucket,
        month_count,
        cast(from_month_count as bigint) as from_month_count,
        {{ share('month_count', 'from_month_count') }} as roll_rate
    from roll_rates

)

select * from shares
