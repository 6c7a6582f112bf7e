{#
    Features of the credits that other lenders reported to the credit bureau.

    owed_amount and usable_limit_amount are the debt and the limit without their
    negative values: an overpaid account counts as no debt, otherwise it would hide
    another lender's debt in the sum.
#}
{% macro bureau_specification() %}
    {% set specification %}
source: bureau

relations:
  credits:
    grain: "fct_bureau_credit, opened before the request"
    windows:
      active: "credit_status = 'Active'"
      closed: "credit_status = 'Closed'"
      opened_6m: "opened_day >= -183"
      opened_12m: "opened_day >= -365"
      opened_24m: "opened_day >= -730"
      credit_card: "credit_type = 'Credit card'"
      mortgage: "credit_type = 'Mortgage'"
      microloan: "credit_type = 'Microloan'"
      active_consumer: "credit_status = 'Active' and credit_type = 'Consumer credit'"
      active_card: "credit_status = 'Active' and credit_type = 'Credit card'"
    measures:
      # How many, of which kind
      - measure: credit
        aggregates: [count]
        windows: [all, active, closed, opened_6m, opened_12m, opened_24m, credit_card, mortgage, microloan]
      - {measure: active, of: "credit_status = 'Active'", aggregates: [share]}
      - {measure: card, of: "credit_type = 'Credit card'", aggregates: [share]}
      - {measure: mortgage, of: "credit_type = 'Mortgage'", aggregates: [share]}
      - {measure: microloan, of: "credit_type = 'Microloan'", aggregates: [share]}
      - {measure: credit_type, of: credit_type, aggregates: [distinct_count]}
      # When
      - {measure: days_since_opening, of: -opened_day, aggregates: [min, mean, max]}
      - {measure: days_since_opening, of: -opened_day, aggregates: [min, mean], windows: [active]}
      - {measure: days_since_opening, of: -opened_day, aggregates: [min], windows: [credit_card]}
      - {measure: days_since_end, of: -actual_end_day, where: actual_end_day <= 0, aggregates: [min]}
      - {measure: remaining_days, of: planned_end_day, where: planned_end_day > 0, aggregates: [mean, max], windows: [active]}
      - {measure: end_gap_days, of: actual_end_day - planned_end_day, where: actual_end_day <= 0, aggregates: [mean], windows: [closed]}
      # How much
      - {measure: credit_amount, of: credit_amount, aggregates: [sum, mean, max], windows: [active]}
      - {measure: credit_amount, of: credit_amount, aggregates: [sum], windows: [all, opened_12m]}
      - {measure: debt_amount, of: owed_amount, aggregates: [sum, max], windows: [active]}
      - {measure: debt_amount, of: owed_amount, aggregates: [sum], windows: [active_consumer, active_card]}
      - measure: debt_to_credit
        of: owed_amount
        per: credit_amount
        aggregates: [ratio]
        windows: [all, active, active_consumer, active_card]
      - {measure: debt_part, of: "{{ ratio('owed_amount', 'credit_amount') }}", aggregates: [max], windows: [active]}
      - {measure: limit_amount, of: usable_limit_amount, aggregates: [sum], windows: [active]}
      - {measure: annuity_amount, of: annuity_amount, aggregates: [sum, mean], windows: [active]}
      # Late payments
      - {measure: overdue_amount, of: overdue_amount, aggregates: [sum, max]}
      - {measure: overdue_days, of: overdue_days_count, aggregates: [max]}
      - {measure: worst_overdue_amount, of: max_overdue_amount, aggregates: [max, mean]}
      - {measure: worst_overdue_amount, of: max_overdue_amount, aggregates: [max], windows: [opened_24m]}
      - {measure: ever_overdue, of: max_overdue_amount > 0, aggregates: [share]}
      - {measure: prolongation, of: prolongation_count, aggregates: [sum]}

  months:
    grain: "fct_bureau_month up to the request"
    windows:
      12m: month > -12
      24m: month > -24
    measures:
      - {measure: month, aggregates: [count]}
      - {measure: late_month, of: past_due_bucket >= 1, where: not is_unknown, aggregates: [share], windows: [all, 12m, 24m]}
      - {measure: severe_month, of: past_due_bucket >= 2, where: not is_unknown, aggregates: [share], windows: [12m]}
      - {measure: closed_month, of: is_closed, where: not is_unknown, aggregates: [share]}
      - {measure: past_due_bucket, of: past_due_bucket, aggregates: [max], windows: [all, 12m, 24m]}
      - {measure: months_since_late, of: -month, where: past_due_bucket >= 1, aggregates: [min]}
      - {measure: months_of_history, of: -month, aggregates: [max]}

with_application:
  debt_to_income_ratio: "{{ ratio('bureau_debt_amount_sum_active', 'application_income_amount') }}"
  credit_to_income_ratio: "{{ ratio('bureau_credit_amount_sum_active', 'application_income_amount') }}"
  annuity_to_income_ratio: "{{ ratio('bureau_annuity_amount_sum_active', 'application_income_amount') }}"
  debt_to_request_ratio: "{{ ratio('bureau_debt_amount_sum_active', 'application_credit_amount') }}"
  overdue_to_income_ratio: "{{ ratio('bureau_overdue_amount_sum', 'application_income_amount') }}"
  debt_and_request_to_income_ratio: >-
    (coalesce(cast(bureau_debt_amount_sum_active as double precision), 0)
    + application_credit_amount) / nullif(application_income_amount, 0)
    {% endset %}

    {{ return(fromyaml(specification)) }}
{% endmacro %}
