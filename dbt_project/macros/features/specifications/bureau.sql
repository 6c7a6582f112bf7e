{#
    Features of the credits that other lenders reported to the credit bureau.

    owed_amount and usable_limit_amount are the debt and the limit without their
    negative values: an overpaid account counts as no debt, otherwise it would hide
    another lender's debt in the sum. The implied instalment of a credit spreads its
    debt over the months that remain, at least one. recency_rank counts back from the
    credit opened last.
#}
{% macro bureau_specification() %}
    {% set implied_installment = 'owed_amount * 30.4 / greatest(planned_end_day, 30)' %}
    {% set types = {
        'consumer': 'Consumer credit', 'card': 'Credit card', 'car': 'Car loan',
        'mortgage': 'Mortgage', 'microloan': 'Microloan',
    } %}
    {% set statuses = {
        'current': '0', 'late': '1', 'closed': 'C', 'unknown': 'X',
    } %}
    {% set specification %}
source: bureau

relations:
  credits:
    grain: "fct_bureau_credit, opened before the request"
    windows:
      active: "credit_status = 'Active'"
      closed: "credit_status = 'Closed'"
      last_1: "recency_rank = 1"
      last_3: "recency_rank <= 3"
      opened_6m: "opened_day >= -183"
      opened_12m: "opened_day >= -365"
      opened_24m: "opened_day >= -730"
      credit_card: "credit_type = 'Credit card'"
      mortgage: "credit_type = 'Mortgage'"
      microloan: "credit_type = 'Microloan'"
      car: "credit_type = 'Car loan'"
      consumer: "credit_type = 'Consumer credit'"
    {% for name, type in types.items() %}
      active_{{ name }}: "credit_status = 'Active' and credit_type = '{{ type }}'"
    {% endfor %}
    measures:
      # How many, of which kind
      - measure: credit
        aggregates: [count]
        windows: [all, active, closed, opened_6m, opened_12m, opened_24m, consumer, credit_card, mortgage, microloan, car, active_consumer, active_card, active_microloan]
      - {measure: active, of: "credit_status = 'Active'", known: credit_status, aggregates: [share], windows: [all, opened_24m]}
      - {measure: sold_or_bad, of: "credit_status in ('Sold', 'Bad debt')", aggregates: [any]}
      - {measure: credit_type, of: credit_type, one_hot: {{ types }}, aggregates: [share]}
      - {measure: credit_type, of: credit_type, aggregates: [distinct_count]}
      # When
      - {measure: days_since_opening, of: -opened_day, aggregates: [min, mean, max]}
      - {measure: days_since_opening, of: -opened_day, aggregates: [min, mean], windows: [active]}
      - {measure: days_since_opening, of: -opened_day, aggregates: [min], windows: [credit_card]}
      - {measure: days_since_opening, of: -opened_day, aggregates: [min], windows: [consumer]}
      - {measure: days_since_opening, of: -opened_day, aggregates: [mean], windows: [last_3]}
      - {measure: days_since_opening, of: -opened_day, aggregates: [deviation]}
      - {measure: term_days, of: planned_end_day - opened_day, where: planned_end_day >= opened_day, aggregates: [mean], windows: [active, last_3]}
      - {measure: past_planned_end, of: planned_end_day < 0, known: planned_end_day, aggregates: [share], windows: [active]}
      - {measure: days_since_end, of: -actual_end_day, where: actual_end_day <= 0, aggregates: [min]}
      - {measure: remaining_days, of: planned_end_day, where: planned_end_day > 0, aggregates: [mean, max], windows: [active]}
      - {measure: remaining_part, of: planned_end_day, per: planned_end_day - opened_day, where: planned_end_day > 0, aggregates: [ratio], windows: [active]}
      - {measure: closed_early, of: actual_end_day < planned_end_day, where: actual_end_day <= 0, aggregates: [share], windows: [closed]}
      - {measure: end_gap_days, of: actual_end_day - planned_end_day, where: actual_end_day <= 0, aggregates: [mean], windows: [closed]}
      # How much
      - {measure: credit_amount, of: credit_amount, aggregates: [sum, mean, max], windows: [active]}
      - {measure: credit_amount, of: credit_amount, aggregates: [sum], windows: [all, opened_12m]}
      - {measure: debt_amount, of: owed_amount, aggregates: [sum, max], windows: [active]}
      - {measure: credit_amount, of: credit_amount, aggregates: [mean], windows: [last_1, last_3]}
      - {measure: debt_amount, of: owed_amount, aggregates: [sum], windows: [active_consumer, active_card, active_mortgage, active_microloan, active_car]}
      - {measure: debt_amount, of: owed_amount, aggregates: [sum], windows: [opened_12m]}
      - measure: debt_to_credit
        of: owed_amount
        per: credit_amount
        aggregates: [ratio]
        windows: [all, active, active_consumer, active_card, opened_24m, last_3]
      - {measure: debt_part, of: "{{ ratio('owed_amount', 'credit_amount') }}", aggregates: [max, mean], windows: [active]}
      - {measure: card_use, of: owed_amount, per: owed_amount + usable_limit_amount, aggregates: [ratio], windows: [active_card]}
      - {measure: implied_installment_amount, of: "{{ implied_installment }}", where: planned_end_day > 0, aggregates: [sum], windows: [active]}
      - {measure: limit_amount, of: usable_limit_amount, aggregates: [sum], windows: [active]}
      - {measure: annuity_amount, of: annuity_amount, aggregates: [sum, mean], windows: [active]}
      # Late payments
      - {measure: overdue_amount, of: overdue_amount, aggregates: [sum, max]}
      - {measure: overdue_days, of: overdue_days_count, aggregates: [max]}
      - {measure: worst_overdue_amount, of: max_overdue_amount, aggregates: [max, mean]}
      - {measure: worst_overdue_amount, of: max_overdue_amount, aggregates: [max], windows: [active, opened_24m]}
      - {measure: ever_overdue, of: max_overdue_amount > 0, known: max_overdue_amount, aggregates: [share], windows: [all, active]}
      - {measure: prolongation, of: prolongation_count, aggregates: [sum]}

  months:
    grain: "fct_bureau_month up to the request"
    windows:
      3m: month > -3
      12m: month > -12
      24m: month > -24
    measures:
      - {measure: month, aggregates: [count]}
      - {measure: late_month, of: past_due_bucket >= 1, known: past_due_bucket, where: not is_unknown, aggregates: [share], windows: [all, 3m, 12m, 24m]}
      - {measure: status, of: status, one_hot: {{ statuses }}, aggregates: [share]}
      - {measure: severe_month, of: past_due_bucket >= 2, known: past_due_bucket, where: not is_unknown, aggregates: [share], windows: [all, 12m]}
      - {measure: past_due_bucket, of: past_due_bucket, aggregates: [max], windows: [all, 12m, 24m]}
      - {measure: past_due_bucket, of: past_due_bucket, along: month, aggregates: [latest]}
      - {measure: past_due_bucket, of: past_due_bucket, weight: recency_weight, aggregates: [recent_mean]}
      - {measure: months_since_late, of: -month, where: past_due_bucket >= 1, aggregates: [min]}
      - {measure: months_of_history, of: -month, aggregates: [max]}

with_application:
  debt_to_income_ratio: "{{ ratio('bureau_debt_amount_sum_active', 'application_income_amount') }}"
  credit_to_income_ratio: "{{ ratio('bureau_credit_amount_sum_active', 'application_income_amount') }}"
  annuity_to_income_ratio: "{{ ratio('bureau_annuity_amount_sum_active', 'application_income_amount') }}"
  debt_to_request_ratio: "{{ ratio('bureau_debt_amount_sum_active', 'application_credit_amount') }}"
  overdue_to_income_ratio: "{{ ratio('bureau_overdue_amount_sum', 'application_income_amount') }}"
  implied_installment_to_income_ratio: "{{ ratio('bureau_implied_installment_amount_sum_active', 'application_income_amount') }}"
  request_to_latest_credit_ratio: "{{ ratio('application_credit_amount', 'bureau_credit_amount_mean_last_1') }}"
  opening_interval_days_ratio: >-
    (bureau_days_since_opening_max - bureau_days_since_opening_min)
    / nullif(cast(bureau_credit_count as double precision) - 1, 0)
  history_to_age_ratio: "{{ ratio('bureau_days_since_opening_max', '(application_age_years * 365.25)') }}"
  debt_and_request_to_income_ratio: >-
    (coalesce(cast(bureau_debt_amount_sum_active as double precision), 0)
    + application_credit_amount) / nullif(application_income_amount, 0)
    {% endset %}

    {{ return(fromyaml(specification)) }}
{% endmacro %}
