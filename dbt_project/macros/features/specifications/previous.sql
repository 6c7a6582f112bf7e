{#
    Features of the client's earlier applications to this lender.

    recency_rank counts back from the latest application of the client,
    outcome_rank from the latest with the same outcome. Implied interest is what the
    instalments cost above the credit: annuity x term / credit - 1, and per year.
#}
{% macro previous_specification() %}
    {% set implied_interest = ratio('annuity_amount * term_months', 'credit_amount')
        ~ ' - 1' %}
    {% set yearly_interest = '(' ~ implied_interest ~ ') * 12 / nullif(term_months, 0)' %}
    {% set specification %}
source: previous

relations:
  applications:
    grain: "fct_previous_application, decided before the request"
    windows:
      approved: "contract_status = 'Approved'"
      refused: "contract_status = 'Refused'"
      running: "is_running"
      cash: "contract_type = 'Cash loans'"
      revolving: "contract_type = 'Revolving loans'"
      12m: "decision_day >= -365"
      24m: "decision_day >= -730"
      refused_12m: "contract_status = 'Refused' and decision_day >= -365"
      last_1: "recency_rank = 1"
      last_3: "recency_rank <= 3"
      last_5: "recency_rank <= 5"
    measures:
      # How many, with which outcome
      - {measure: application, aggregates: [count], windows: [all, approved, refused, running, cash, revolving, 12m, refused_12m]}
      - {measure: approved, of: "contract_status = 'Approved'", aggregates: [share], windows: [all, last_5]}
      - {measure: refused, of: "contract_status = 'Refused'", aggregates: [share], windows: [all, 12m, last_3, last_5]}
      - {measure: canceled, of: "contract_status = 'Canceled'", aggregates: [share]}
      - {measure: policy_refusal, of: "reject_reason in ('HC', 'SCO', 'SCOFR')", aggregates: [share], windows: [all, 24m]}
      - {measure: limit_refusal, of: "reject_reason = 'LIMIT'", aggregates: [share]}
      - {measure: outcome, of: contract_status, type: categorical, code_set: contract_status, where: recency_rank = 1, aggregates: [last]}
      - {measure: reject_reason, of: reject_reason, type: categorical, code_set: reject_reason, where: "contract_status = 'Refused' and outcome_rank = 1", aggregates: [last], windows: [refused]}
      # When
      - {measure: days_since_decision, of: -decision_day, aggregates: [min], windows: [all, approved, refused]}
      - {measure: days_since_decision, of: -decision_day, aggregates: [mean]}
      - {measure: days_since_decision, of: -decision_day, aggregates: [max]}
      - {measure: days_since_first_due, of: -first_due_day, where: first_due_day <= 0, aggregates: [min], windows: [approved]}
      - {measure: days_since_end, of: -termination_day, where: termination_day <= 0, aggregates: [min], windows: [approved]}
      - {measure: early_end_days, of: last_due_first_version_day - last_due_day, where: last_due_day <= 0, aggregates: [mean], windows: [approved]}
      # How much
      - {measure: requested_amount, of: requested_amount, aggregates: [mean], windows: [all, approved, refused]}
      - {measure: credit_amount, of: credit_amount, aggregates: [mean], windows: [approved, refused, last_1, last_3, last_5]}
      - {measure: credit_amount, of: credit_amount, aggregates: [max], windows: [approved]}
      - {measure: credit_amount, of: credit_amount, aggregates: [sum], windows: [running]}
      - {measure: annuity_amount, of: annuity_amount, aggregates: [mean, max], windows: [approved]}
      - {measure: annuity_amount, of: annuity_amount, aggregates: [sum], windows: [running]}
      - {measure: requested_to_credit, of: requested_amount, per: credit_amount, aggregates: [ratio], windows: [all, approved, refused, last_3]}
      - {measure: down_payment, of: down_payment_rate, aggregates: [mean], windows: [approved]}
      # On which terms
      - {measure: term_months, of: term_months, where: term_months > 0, aggregates: [mean, max], windows: [approved]}
      - {measure: term_months, of: term_months, where: term_months > 0, aggregates: [mean], windows: [last_1, last_3, last_5]}
      - {measure: interest, of: "{{ implied_interest }}", where: term_months > 0, aggregates: [mean], windows: [approved]}
      - {measure: yearly_interest, of: "{{ yearly_interest }}", where: term_months > 0, aggregates: [mean, max], windows: [approved]}
      - {measure: yearly_interest, of: "{{ yearly_interest }}", where: term_months > 0, aggregates: [mean], windows: [last_3]}
      - {measure: insured, of: is_insured, aggregates: [share], windows: [approved]}
      - {measure: high_yield, of: "yield_group = 'high'", aggregates: [share]}
      - {measure: walk_in, of: "product_type = 'walk-in'", aggregates: [share]}
      - {measure: product, of: product_combination, type: categorical, code_set: product_combination, where: recency_rank = 1, aggregates: [last]}
      - {measure: yield_group, of: yield_group, type: categorical, code_set: yield_group, where: recency_rank = 1, aggregates: [last]}

with_application:
  request_to_past_credit_ratio: "{{ ratio('application_credit_amount', 'previous_credit_amount_mean_approved') }}"
  request_to_largest_credit_ratio: "{{ ratio('application_credit_amount', 'previous_credit_amount_max_approved') }}"
  annuity_to_past_annuity_ratio: "{{ ratio('application_annuity_amount', 'previous_annuity_amount_mean_approved') }}"
  annuity_to_largest_annuity_ratio: "{{ ratio('application_annuity_amount', 'previous_annuity_amount_max_approved') }}"
  term_to_past_term_ratio: "{{ ratio('application_credit_to_annuity_ratio', 'previous_term_months_mean_approved') }}"
  running_annuity_to_income_ratio: "{{ ratio('previous_annuity_amount_sum_running', 'application_income_amount') }}"
    {% endset %}

    {{ return(fromyaml(specification)) }}
{% endmacro %}
