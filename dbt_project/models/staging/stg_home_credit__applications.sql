{%- set never = 365243 -%}
{%- for landing_table in ['application_train', 'application_test'] %}
{%- set is_labelled = landing_table == 'application_train' -%}
{#- A target but 0 and 1 is no outcome: dim_client then refuses the row. #}
{%- set is_default = 'case target when 0 then false when 1 then true end'
    if is_labelled else 'cast(null as boolean)' %}
select
    -- ids
    ctid as landing_row_id,
    '{{ landing_table }}' as landing_table,
    cast(sk_id_curr as integer) as client_id,

    -- codes
    nullif(name_contract_type, 'XNA') as contract_type,
    nullif(code_gender, 'XNA') as gender,
    nullif(name_type_suite, 'XNA') as suite_type,
    nullif(name_income_type, 'XNA') as income_type,
    nullif(name_education_type, 'XNA') as education_level,
    nullif(name_family_status, 'Unknown') as family_status,
    nullif(name_housing_type, 'XNA') as housing_type,
    nullif(occupation_type, 'XNA') as occupation,
    nullif(organization_type, 'XNA') as organization_type,
    nullif(weekday_appr_process_start, 'XNA') as application_weekday,
    nullif(fondkapremont_mode, 'XNA') as housing_repair_fund_type,
    nullif(housetype_mode, 'XNA') as housing_building_type,
    nullif(wallsmaterial_mode, 'XNA') as housing_wall_material,

    -- numerics
    cast(cnt_children as integer) as children_count,
    cast(cnt_fam_members as integer) as family_member_count,
    cast(amt_income_total as double precision) as income_amount,
    cast(amt_credit as double precision) as credit_amount,
    cast(amt_annuity as double precision) as annuity_amount,
    cast(amt_goods_price as double precision) as goods_price_amount,
    cast(region_population_relative as double precision)
        as region_population_share,
    cast(region_rating_client as smallint) as region_rating,
    cast(nullif(region_rating_client_w_city, -1) as smallint)
        as region_rating_with_city,
    cast(hour_appr_process_start as smallint) as application_hour,
    {{ years_before('days_birth') }} as age_years,
    {{ years_before('nullif(days_employed, ' ~ never ~ ')') }}
        as employment_years,
    {{ years_before('days_registration') }} as registration_years,
    {{ years_before('days_id_publish') }} as id_document_years,
    {{ years_before('days_last_phone_change') }} as last_phone_change_years,
    cast(own_car_age as double precision) as car_age_years,
    cast(ext_source_1 as double precision) as external_score_1,
    cast(ext_source_2 as double precision) as external_score_2,
    cast(ext_source_3 as double precision) as external_score_3,
    cast(apartments_avg as double precision) as housing_apartments_average,
    cast(basementarea_avg as double precision) as housing_basement_area_average,
    cast(years_beginexpluatation_avg as double precision)
        as housing_commissioning_years_average,
    cast(years_build_avg as double precision)
        as housing_construction_years_average,
    cast(commonarea_avg as double precision) as housing_common_area_average,
    cast(elevators_avg as double precision) as housing_elevators_average,
    cast(entrances_avg as double precision) as housing_entrances_average,
    cast(floorsmax_avg as double precision) as housing_floors_max_average,
    cast(floorsmin_avg as double precision) as housing_floors_min_average,
    cast(landarea_avg as double precision) as housing_land_area_average,
    cast(livingapartments_avg as double precision)
        as housing_living_apartments_average,
    cast(livingarea_avg as double precision) as housing_living_area_average,
    cast(nonlivingapartments_avg as double precision)
        as housing_nonliving_apartments_average,
    cast(nonlivingarea_avg as double precision)
        as housing_nonliving_area_average,
    cast(apartments_mode as double precision) as housing_apartments_mode,
    cast(basementarea_mode as double precision) as housing_basement_area_mode,
    cast(years_beginexpluatation_mode as double precision)
        as housing_commissioning_years_mode,
    cast(years_build_mode as double precision)
        as housing_construction_years_mode,
    cast(commonarea_mode as double precision) as housing_common_area_mode,
    cast(elevators_mode as double precision) as housing_elevators_mode,
    cast(entrances_mode as double precision) as housing_entrances_mode,
    cast(floorsmax_mode as double precision) as housing_floors_max_mode,
    cast(floorsmin_mode as double precision) as housing_floors_min_mode,
    cast(landarea_mode as double precision) as housing_land_area_mode,
    cast(livingapartments_mode as double precision)
        as housing_living_apartments_mode,
    cast(livingarea_mode as double precision) as housing_living_area_mode,
    cast(nonlivingapartments_mode as double precision)
        as housing_nonliving_apartments_mode,
    cast(nonlivingarea_mode as double precision) as housing_nonliving_area_mode,
    cast(apartments_medi as double precision) as housing_apartments_median,
    cast(basementarea_medi as double precision) as housing_basement_area_median,
    cast(years_beginexpluatation_medi as double precision)
        as housing_commissioning_years_median,
    cast(years_build_medi as double precision)
        as housing_construction_years_median,
    cast(commonarea_medi as double precision) as housing_common_area_median,
    cast(elevators_medi as double precision) as housing_elevators_median,
    cast(entrances_medi as double precision) as housing_entrances_median,
    cast(floorsmax_medi as double precision) as housing_floors_max_median,
    cast(floorsmin_medi as double precision) as housing_floors_min_median,
    cast(landarea_medi as double precision) as housing_land_area_median,
    cast(livingapartments_medi as double precision)
        as housing_living_apartments_median,
    cast(livingarea_medi as double precision) as housing_living_area_median,
    cast(nonlivingapartments_medi as double precision)
        as housing_nonliving_apartments_median,
    cast(nonlivingarea_medi as double precision)
        as housing_nonliving_area_median,
    cast(totalarea_mode as double precision) as housing_total_area_mode,
    cast(obs_30_cnt_social_circle as integer)
        as social_circle_observed_30_count,
    cast(def_30_cnt_social_circle as integer) as social_circle_default_30_count,
    cast(obs_60_cnt_social_circle as integer)
        as social_circle_observed_60_count,
    cast(def_60_cnt_social_circle as integer) as social_circle_default_60_count,
    cast(amt_req_credit_bureau_hour as integer) as bureau_enquiry_hour_count,
    cast(amt_req_credit_bureau_day as integer) as bureau_enquiry_day_count,
    cast(amt_req_credit_bureau_week as integer) as bureau_enquiry_week_count,
    cast(amt_req_credit_bureau_mon as integer) as bureau_enquiry_month_count,
    cast(amt_req_credit_bureau_qrt as integer) as bureau_enquiry_quarter_count,
    cast(amt_req_credit_bureau_year as integer) as bureau_enquiry_year_count,

    -- booleans
    {{ is_default }} as is_default,
    {{ is_labelled }} as is_labelled,
    flag_own_car = 'Y' as has_car,
    flag_own_realty = 'Y' as has_realty,
    flag_mobil = 1 as has_mobile_phone,
    flag_emp_phone = 1 as has_employer_phone,
    flag_work_phone = 1 as has_work_phone,
    flag_cont_mobile = 1 as is_mobile_reachable,
    flag_phone = 1 as has_home_phone,
    flag_email = 1 as has_email,
    reg_region_not_live_region = 1 as is_registered_outside_living_region,
    reg_region_not_work_region = 1 as is_registered_outside_work_region,
    live_region_not_work_region = 1 as is_living_outside_work_region,
    reg_city_not_live_city = 1 as is_registered_outside_living_city,
    reg_city_not_work_city = 1 as is_registered_outside_work_city,
    live_city_not_work_city = 1 as is_living_outside_work_city,
    emergencystate_mode = 'Yes' as is_housing_emergency_state,
    coalesce(days_employed = {{ never }}, true) as is_employment_unknown,
    flag_document_2 = 1 as has_document_2,
    flag_document_3 = 1 as has_document_3,
    flag_document_4 = 1 as has_document_4,
    flag_document_5 = 1 as has_document_5,
    flag_document_6 = 1 as has_document_6,
    flag_document_7 = 1 as has_document_7,
    flag_document_8 = 1 as has_document_8,
    flag_document_9 = 1 as has_document_9,
    flag_document_10 = 1 as has_document_10,
    flag_document_11 = 1 as has_document_11,
    flag_document_12 = 1 as has_document_12,
    flag_document_13 = 1 as has_document_13,
    flag_document_14 = 1 as has_document_14,
    flag_document_15 = 1 as has_document_15,
    flag_document_16 = 1 as has_document_16,
    flag_document_17 = 1 as has_document_17,
    flag_document_18 = 1 as has_document_18,
    flag_document_19 = 1 as has_document_19,
    flag_document_20 = 1 as has_document_20,
    flag_document_21 = 1 as has_document_21
from {{ source('home_credit', landing_table) }}
{{ 'union all' if not loop.last }}
{%- endfor %}
