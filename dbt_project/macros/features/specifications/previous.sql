{#
    Features of the client's earlier applications to this lender.

    recency_rank counts back from the latest application of the client,
    outcome_rank from the latest with the same outcome. Implied interest is what the
    instalments cost above the credit: annuity x term / credit - 1, and per year. What
    remains of a running loan is its instalments up to the last of the first schedule.
#}
{% macro previous_specification() %}
    {% set implied_interest = ratio('annuity_amount * term_months', 'credit_amount')
        ~ ' - 1' %}
    {% set yearly_interest = '(' ~ implied_interest ~ ') * 12 / nullif(term_months, 0)' %}
    {% set remaining_months = 'greatest(last_due_first_version_day, 0)'
        ~ ' / cast(30.4 as double precision)' %}
    {% set reasons = {
        'policy': 'HC', 'limit': 'LIMIT', 'score': 'SCO', 'score_fraud': 'SCOFR',
        'verification': 'VERIF', 'client': 'CLIENT',
    } %}
    {% set yields = {
        'low_normal': 'low_normal', 'middle': 'middle', 'high': 'high',
    } %}
    {% set portfolios = {'goods': 'POS', 'cash': 'Cash', 'cards': 'Cards'} %}
    {% set channels = {
        'offices': 'Credit and cash offices', 'partners': 'Country-wide',
        'stone': 'Stone', 'contact_center': 'Contact center',
    } %}
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
      6m: "decision_day >= -183"
      12m: "decision_day >= -365"
      24m: "decision_day >= -730"
      refused_12m: "contract_status = 'Refused' and decision_day >= -365"
      approved_cash: "contract_status = 'Approved' and contract_type = 'Cash loans'"
      approved_consumer: "contract_status = 'Approved' and contract_type = 'Consumer loans'"
      last_approved: "contract_status = 'Approved' and outcome_rank = 1"
      last_1: "recency_rank = 1"
      last_3: "recency_rank <= 3"
      last_5: "recency_rank <= 5"
    measures:
      # How many, with which outcome
      - {measure: application, aggregates: [count], windows: [all, approved, refused, running, cash, revolving, 6m, 12m, 24m, refused_12m]}
      - {measure: approved, of: "contract_status = 'Approved'", known: contract_status, aggregates: [share], windows: [all, last_5]}
      - {measure: refused, of: "contract_status = 'Refused'", known: contract_status, aggregates: [share], windows: [all, 12m, last_3, last_5]}
      - {measure: canceled, of: "contract_status = 'Canceled'", known: contract_status, aggregates: [share]}
      - {measure: policy_refusal, of: "reject_reason in ('HC', 'SCO', 'SCOFR')", known: reject_reason, aggregates: [share], windows: [all, 24m]}
      - {measure: refusal, of: reject_reason, one_hot: {{ reasons }}, aggregates: [share]}
      - {measure: outcome, of: contract_status, type: categorical, code_set: contract_status, where: recency_rank = 1, aggregates: [last]}
      - {measure: reject_reason, of: reject_reason, type: categorical, code_set: reject_reason, where: "contract_status = 'Refused' and outcome_rank = 1", aggregates: [last], windows: [refused]}
      # When
      - {measure: days_since_decision, of: -decision_day, aggregates: [min], windows: [all, approved, refused]}
      - {measure: days_since_decision, of: -decision_day, aggregates: [mean], windows: [all, last_3]}
      - {measure: days_since_decision, of: -decision_day, aggregates: [min], windows: [cash]}
      - {measure: days_since_decision, of: -decision_day, aggregates: [max]}
      - {measure: days_since_first_due, of: -first_due_day, where: first_due_day <= 0, aggregates: [min], windows: [approved]}
      - {measure: days_since_end, of: -termination_day, where: termination_day <= 0, aggregates: [min], windows: [approved]}
      - {measure: early_end_days, of: last_due_first_version_day - last_due_day, where: last_due_day <= 0, aggregates: [mean], windows: [approved]}
      - {measure: remaining_days, of: last_due_first_version_day, where: last_due_first_version_day > 0, aggregates: [max], windows: [running]}
      # How much
      - {measure: requested_amount, of: requested_amount, aggregates: [mean], windows: [all, approved]}
      - {measure: credit_amount, of: credit_amount, aggregates: [mean], windows: [approved, refused, last_1, last_3, last_5, last_approved]}
      - {measure: credit_amount, of: credit_amount, aggregates: [max], windows: [approved]}
      - {measure: credit_amount, of: credit_amount, aggregates: [sum], windows: [running]}
      - {measure: annuity_amount, of: annuity_amount, aggregates: [mean, max], windows: [approved]}
      - {measure: annuity_amount, of: annuity_amount, aggregates: [sum], windows: [running]}
      - {measure: annuity_amount, of: annuity_amount, aggregates: [mean], windows: [last_1, last_approved]}
      - {measure: remaining_amount, of: "annuity_amount * {{ remaining_months }}", aggregates: [sum], windows: [running]}
      - {measure: requested_to_credit, of: requested_amount, per: credit_amount, aggregates: [ratio], windows: [all, approved, last_1, last_3]}
      - {measure: credit_to_goods, of: credit_amount, per: goods_price_amount, aggregates: [ratio], windows: [approved]}
      - {measure: credit_to_annuity, of: credit_amount, per: annuity_amount, aggregates: [ratio], windows: [approved]}
      - {measure: down_payment, of: down_payment_rate, aggregates: [mean, max], windows: [approved]}
      # On which terms
      - {measure: term_months, of: term_months, where: term_months > 0, aggregates: [mean, max], windows: [approved]}
      - {measure: term_months, of: term_months, where: term_months > 0, aggregates: [mean], windows: [last_1, last_3, last_5]}
      - {measure: interest, of: "{{ implied_interest }}", where: term_months > 0, aggregates: [mean], windows: [approved]}
      - {measure: yearly_interest, of: "{{ yearly_interest }}", where: term_months > 0, aggregates: [mean, max, min], windows: [approved]}
      - {measure: yearly_interest, of: "{{ yearly_interest }}", where: term_months > 0, aggregates: [mean], windows: [last_1, last_3, last_5, approved_cash, approved_consumer]}
      - {measure: insured, of: is_insured, aggregates: [share], windows: [approved]}
      - {measure: yield, of: yield_group, one_hot: {{ yields }}, aggregates: [share]}
      - {measure: yield, of: yield_group, one_hot: {high: high}, aggregates: [share], windows: [approved, last_3]}
      - {measure: yield_rank, of: yield_rank, aggregates: [mean], windows: [approved, last_3]}
      - {measure: portfolio, of: portfolio, one_hot: {{ portfolios }}, aggregates: [share]}
      - {measure: portfolio, of: portfolio, one_hot: {cash: Cash}, aggregates: [share], windows: [last_3]}
      - {measure: channel, of: channel_type, one_hot: {{ channels }}, aggregates: [share]}
      - {measure: new_client, of: "client_type = 'New'", known: client_type, aggregates: [share]}
      - {measure: walk_in, of: "product_type = 'walk-in'", known: product_type, aggregates: [share]}
      - {measure: product, of: product_combination, type: categorical, code_set: product_combination, where: recency_rank = 1, aggregates: [last]}
      - {measure: yield_group, of: yield_group, type: categorical, code_set: yield_group, where: recency_rank = 1, aggregates: [last]}

with_application:
  request_to_past_credit_ratio: "{{ ratio('application_credit_amount', 'previous_credit_amount_mean_approved') }}"
  request_to_largest_credit_ratio: "{{ ratio('application_credit_amount', 'previous_credit_amount_max_approved') }}"
  annuity_to_past_annuity_ratio: "{{ ratio('application_annuity_amount', 'previous_annuity_amount_mean_approved') }}"
  annuity_to_largest_annuity_ratio: "{{ ratio('application_annuity_amount', 'previous_annuity_amount_max_approved') }}"
  term_to_past_term_ratio: "{{ ratio('application_credit_to_annuity_ratio', 'previous_term_months_mean_approved') }}"
  request_to_latest_approved_ratio: "{{ ratio('application_credit_amount', 'previous_credit_amount_mean_last_approved') }}"
  annuity_to_latest_annuity_ratio: "{{ ratio('application_annuity_amount', 'previous_annuity_amount_mean_last_approved') }}"
  term_to_past_pace_ratio: "{{ ratio('application_credit_to_annuity_ratio', 'previous_credit_to_annuity_ratio_approved') }}"
  remaining_to_income_ratio: "{{ ratio('previous_remaining_amount_sum_running', 'application_income_amount') }}"
  decision_interval_days_ratio: >-
    (previous_days_since_decision_max - previous_days_since_decision_min)
    / nullif(cast(previous_application_count as double precision) - 1, 0)
  first_decision_to_age_ratio: "{{ ratio('previous_days_since_decision_max', '(application_age_years * 365.25)') }}"
  running_annuity_to_income_ratio: "{{ ratio('previous_annuity_amount_sum_running', 'application_income_amount') }}"
    {% endset %}

    {{ return(fromyaml(specification)) }}
{% endmacro %}
