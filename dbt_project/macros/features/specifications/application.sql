{#
    Features of the request itself, from one row of dim_client.

    Each line is `<measure>: <formula>` and gives the feature
    `application_<measure>`. These formulas exist here only: feat_application and
    the what-if function both render them (see application_features).
    Gender is left out on purpose: it is kept in dim_client for the audit.
#}
{% macro application_specification() %}
    {% set scores = 'external_score_1, external_score_2, external_score_3' %}
    {% set documents = [] %}
    {% for number in range(2, 22) %}
        {% do documents.append('cast(has_document_' ~ number ~ ' as integer)') %}
    {% endfor %}
    {% set known_scores = known_count(scores) %}
    {% set external_score_mean = '(coalesce(external_score_1, 0)'
        ~ ' + coalesce(external_score_2, 0) + coalesce(external_score_3, 0))'
        ~ ' / nullif(' ~ known_scores ~ ', 0)' %}
    {% set external_risk = '(1 - ' ~ external_score_mean ~ ')' %}
    {% set housing_columns = [
        'housing_apartments_average', 'housing_commissioning_years_average',
        'housing_construction_years_average', 'housing_floors_max_average',
        'housing_living_area_average', 'housing_total_area_mode',
    ] %}
    {% set contacts = [
        'has_employer_phone', 'has_work_phone', 'has_home_phone',
        'is_mobile_reachable', 'has_email',
    ] %}
    {% set incomplete_columns = [
        'contract_type', 'suite_type', 'income_type', 'education_level',
        'family_status', 'housing_type', 'occupation', 'organization_type',
        'housing_building_type', 'housing_wall_material',
        'is_housing_emergency_state', 'annuity_amount', 'goods_price_amount',
        'employment_years', 'car_age_years', 'family_member_count',
        'social_circle_observed_30_count', 'bureau_enquiry_year_count', scores,
    ] + housing_columns %}
    {% set specification %}
source: application
grain: "dim_client, the client's own row"

numeric:
  # External scores
  external_score_1: external_score_1
  external_score_2: external_score_2
  external_score_3: external_score_3
  external_score_count: "{{ known_scores }}"
  external_score_mean: "{{ external_score_mean }}"
  external_score_weighted_mean: >-
    (2 * coalesce(external_score_1, 0) + coalesce(external_score_2, 0)
    + 3 * coalesce(external_score_3, 0))
    / nullif(2 * {{ known_count('external_score_1') }}
    + {{ known_count('external_score_2') }}
    + 3 * {{ known_count('external_score_3') }}, 0)
  external_score_min: least({{ scores }})
  external_score_max: greatest({{ scores }})
  external_score_spread: >-
    case when {{ known_count(scores) }} > 1
    then greatest({{ scores }}) - least({{ scores }}) end
  external_score_product: >-
    case when {{ known_count(scores) }} > 0
    then coalesce(external_score_1, 1) * coalesce(external_score_2, 1)
    * coalesce(external_score_3, 1) end
  external_score_log_odds_mean: >-
    (coalesce({{ log_odds('external_score_1') }}, 0)
    + coalesce({{ log_odds('external_score_2') }}, 0)
    + coalesce({{ log_odds('external_score_3') }}, 0))
    / ({{ known_scores }} + 1)
  external_score_2_3_product: external_score_2 * external_score_3
  external_score_2_minus_3: external_score_2 - external_score_3
  external_score_mean_times_age: "{{ external_score_mean }} * age_years"
  external_score_mean_times_employment: "{{ external_score_mean }} * employment_years"
  external_risk_times_credit_amount: "{{ external_risk }} * credit_amount"
  external_risk_times_annuity_to_income: >-
    {{ external_risk }} * {{ ratio('annuity_amount', 'income_amount') }}
  external_risk_times_term: >-
    {{ external_risk }} * {{ ratio('credit_amount', 'annuity_amount') }}
  external_risk_times_credit_to_goods: >-
    {{ external_risk }} * {{ ratio('credit_amount', 'goods_price_amount') }}
  external_score_1_to_age_ratio: {{ ratio('external_score_1', 'age_years') }}
  external_score_2_to_age_ratio: {{ ratio('external_score_2', 'age_years') }}
  external_score_3_to_age_ratio: {{ ratio('external_score_3', 'age_years') }}

  # The credit asked for
  credit_amount: credit_amount
  annuity_amount: annuity_amount
  goods_price_amount: goods_price_amount
  credit_to_annuity_ratio: {{ ratio('credit_amount', 'annuity_amount') }}
  credit_to_goods_ratio: {{ ratio('credit_amount', 'goods_price_amount') }}
  goods_minus_credit_amount: goods_price_amount - credit_amount
  credit_to_income_ratio: {{ ratio('credit_amount', 'income_amount') }}
  annuity_to_income_ratio: {{ ratio('annuity_amount', 'income_amount') }}
  annuity_to_goods_ratio: {{ ratio('annuity_amount', 'goods_price_amount') }}
  goods_to_income_ratio: {{ ratio('goods_price_amount', 'income_amount') }}
  credit_above_goods_to_income_ratio: >-
    {{ ratio('(credit_amount - goods_price_amount)', 'income_amount') }}
  document_count: {{ documents | join(' + ') }}
    {% for number in [3, 6, 8] %}
  has_document_{{ number }}: cast(has_document_{{ number }} as integer)
    {% endfor %}

  # Income and employment
  income_amount: income_amount
  income_after_annuity_amount: income_amount - annuity_amount
  income_per_family_member_amount: {{ ratio('income_amount', 'family_member_count') }}
  employment_years: employment_years
  employment_unknown: cast(is_employment_unknown as integer)
  employment_to_age_ratio: {{ ratio('employment_years', 'age_years') }}
  age_at_employment_years: age_years - employment_years
  has_work_phone: cast(has_work_phone as integer)
  has_employer_phone: cast(has_employer_phone as integer)
  contact_count: >-
    {% for contact in contacts -%}
    cast({{ contact }} as integer) {{ '+ ' if not loop.last }}
    {%- endfor %}

  # The person
  age_years: age_years
  children_count: children_count
  family_member_count: family_member_count
  education_rank: >-
    case education_level
    when 'Lower secondary' then 1
    when 'Secondary / secondary special' then 2
    when 'Incomplete higher' then 3
    when 'Higher education' then 4
    when 'Academic degree' then 5 end
  registration_years: registration_years
  id_document_years: id_document_years
  age_at_id_document_years: age_years - id_document_years
  last_phone_change_years: last_phone_change_years
  latest_change_years: >-
    least(registration_years, id_document_years, last_phone_change_years)
  mean_stability_years: >-
    (coalesce(registration_years, 0) + coalesce(id_document_years, 0)
    + coalesce(last_phone_change_years, 0) + coalesce(employment_years, 0))
    / nullif({{ known_count('registration_years, id_document_years, '
        ~ 'last_phone_change_years, employment_years') }}, 0)
  phone_change_to_age_ratio: {{ ratio('last_phone_change_years', 'age_years') }}
  has_car: cast(has_car as integer)
  car_age_years: car_age_years
  car_age_to_age_ratio: {{ ratio('car_age_years', 'age_years') }}
  car_age_to_employment_ratio: {{ ratio('car_age_years', 'employment_years') }}
  social_circle_default_30_count: social_circle_default_30_count
  social_circle_default_60_count: social_circle_default_60_count
  social_circle_default_30_share: >-
    {{ ratio('social_circle_default_30_count', 'social_circle_observed_30_count') }}
  missing_count: >-
    {{ unknown_count(incomplete_columns | join(', ')) }}

  # Housing and region
  has_realty: cast(has_realty as integer)
  region_population_share: region_population_share
  region_rating: region_rating
  region_rating_with_city: region_rating_with_city
  address_mismatch_count: >-
    cast(is_registered_outside_living_region as integer)
    + cast(is_registered_outside_work_region as integer)
    + cast(is_living_outside_work_region as integer)
    + cast(is_registered_outside_living_city as integer)
    + cast(is_registered_outside_work_city as integer)
    + cast(is_living_outside_work_city as integer)
  registered_outside_living_city: cast(is_registered_outside_living_city as integer)
  registered_outside_work_city: cast(is_registered_outside_work_city as integer)
  living_outside_work_city: cast(is_living_outside_work_city as integer)
    {% for column in housing_columns %}
  {{ column.replace('_average', '').replace('_mode', '') }}: {{ column }}
    {% endfor %}
  housing_known_share: >-
    {{ known_count(housing_columns | join(', ')) }}
    / {{ housing_columns | length }}.0

  housing_emergency_state: cast(is_housing_emergency_state as integer)

  # Enquiries made at the credit bureau before this request
  enquiry_month_count: >-
    bureau_enquiry_hour_count + bureau_enquiry_day_count
    + bureau_enquiry_week_count + bureau_enquiry_month_count
  enquiry_quarter_count: bureau_enquiry_quarter_count
  enquiry_year_count: bureau_enquiry_year_count
  enquiry_count: >-
    bureau_enquiry_hour_count + bureau_enquiry_day_count
    + bureau_enquiry_week_count + bureau_enquiry_month_count
    + bureau_enquiry_quarter_count + bureau_enquiry_year_count

categorical:
  suite_type: suite_type
  contract_type: contract_type
  weekday: application_weekday
  income_type: income_type
  occupation: occupation
  organization_type: organization_type
  education_level: education_level
  family_status: family_status
  housing_type: housing_type
  housing_building_type: housing_building_type
  housing_wall_material: housing_wall_material
    {% endset %}

    {{ return(fromyaml(specification)) }}
{% endmacro %}
