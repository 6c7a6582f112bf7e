{%- set books = past_due_books() -%}
{%- set oldest_month = 96 -%}
with

{% for book in books -%}
{{ book }}_months as (

    {{ past_due_months(book) }}

),

{% endfor -%}
loans as (

    {% for book in books -%}
    select
        '{{ book }}' as book,
        loan_id,
        min(month) as opened_month,
        max(month) as last_month,
        min(month) filter (where bucket in ('30-59', '60-89', '90+'))
            as first_30_plus_month,
        min(month) filter (where bucket = '90+') as first_90_plus_month
    from {{ book }}_months
    group by loan_id
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

cohorts as (

    select
        book,
        opened_month,
        count(*) as loan_count
    from loans
    group by book, opened_month

),

-- cards and POS loans are reported until the month before the application
books as (

    select
        book,
        max(last_month) as last_month
    from loans
    group by book

),

ages as (

    select ages.months_on_book
    from (
        values
        {%- for age in range(oldest_month + 1) %}
        ({{ age }}){{ ',' if not loop.last }}
        {%- endfor %}
    ) as ages (months_on_book)

),

-- a cohort is as old as the time from its opening to the end of its book
cohort_ages as (

    select
        cohorts.book,
        cohorts.opened_month,
        cohorts.loan_count,
        ages.months_on_book
    from cohorts
    inner join books on cohorts.book = books.book
    inner join ages
        on cohorts.opened_month + ages.months_on_book <= books.last_month

),

first_delays as (

    {% for delay in ['30_plus', '90_plus'] -%}
    select
        book,
        opened_month,
        first_{{ delay }}_month - opened_month as months_on_book,
        {{ "1" if delay == '30_plus' else "0" }} as is_30_plus,
        {{ "1" if delay == '90_plus' else "0" }} as is_90_plus
    from loans
    where first_{{ delay }}_month is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

new_delays as (

    select
        book,
        opened_month,
        months_on_book,
        sum(is_30_plus) as new_30_plus_count,
        sum(is_90_plus) as new_90_plus_count
    from first_delays
    group by book, opened_month, months_on_book

),

cumulated as (

    select
        cohort_ages.book,
        cohort_ages.opened_month,
        cohort_ages.months_on_book,
        cohort_ages.loan_count,
        cast(
            sum(coalesce(new_delays.new_30_plus_count, 0)) over cohort_in_time
            as bigint
        ) as ever_30_plus_count,
        cast(
            sum(coalesce(new_delays.new_90_plus_count, 0)) over cohort_in_time
            as bigint
        ) as ever_90_plus_count
    from cohort_ages
    left join new_delays
        on
            cohort_ages.book = new_delays.book
            and cohort_ages.opened_month = new_delays.opened_month
            and cohort_ages.months_on_book = new_delays.months_on_book
    window cohort_in_time as (
        partition by cohort_ages.book, cohort_ages.opened_month
        order by cohort_ages.months_on_book
    )

),

vintages as (

    select
        *,
        {{ share('ever_30_plus_count', 'loan_count') }} as ever_30_plus_share,
        {{ share('ever_90_plus_count', 'loan_count') }} as ever_90_plus_share
    from cumulated

)

select * from vintages
