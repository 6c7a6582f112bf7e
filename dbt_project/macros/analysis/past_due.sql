{#-
    Days past due as the bucket that roll rates and vintages count in. An early or a
    punctual payment is bucket 0; unknown days stay null.
-#}
{% macro past_due_bucket(days) -%}
    case
        when {{ days }} <= 0 then '0'
        when {{ days }} < 30 then '1-29'
        when {{ days }} < 60 then '30-59'
        when {{ days }} < 90 then '60-89'
        when {{ days }} >= 90 then '90+'
    end
{%- endmacro %}


{#-
    The same buckets from the credit bureau's status, whose edges lie one day later
    (1-30, 31-60, 61-90) and whose 4 and 5 are both beyond the last.
-#}
{% macro bureau_past_due_bucket(bucket) -%}
    case {{ bucket }}
        when 0 then '0'
        when 1 then '1-29'
        when 2 then '30-59'
        when 3 then '60-89'
        when 4 then '90+'
        when 5 then '90+'
    end
{%- endmacro %}


{#- Where months past due are kept, and the mart that keeps them. -#}
{% macro past_due_books() -%}
    {{ return({
        'bureau': 'fct_bureau_month',
        'card': 'fct_card_month',
        'pos_cash': 'fct_pos_month',
    }) }}
{%- endmacro %}


{#-
    The months of one book in the shape that all books share: loan_id, month, bucket.
    A month after the end of a loan is in the bucket `closed`, one that nothing was
    reported of in `unknown`.
-#}
{% macro past_due_months(book) -%}
    select
        {{ 'bureau_credit_id' if book == 'bureau' else 'previous_application_id' }}
            as loan_id,
        month,
        case
            {%- if book == 'bureau' %}
            when is_closed then 'closed'
            else coalesce(
                {{ bureau_past_due_bucket('past_due_bucket') }}, 'unknown'
            )
            {%- else %}
            when contract_status = 'Completed' then 'closed'
            else coalesce({{ past_due_bucket('days_past_due') }}, 'unknown')
            {%- endif %}
        end as bucket
    from {{ ref(past_due_books()[book]) }}
{%- endmacro %}
