with

applications as (

    select * from {{ ref('stg_home_credit__applications') }}

),

quarantined as (

    select
        'application_train' as landing_table,
        landing_row_id,
        sk_id_curr
    from {{ ref('quarantine_application_train') }}
    union all
    select
        'application_test' as landing_table,
        landing_row_id,
        sk_id_curr
    from {{ ref('quarantine_application_test') }}

),

one_application_per_client as (

    select
        -- ids
        client_id,

        -- codes
        contract_type,
        gender,
        suite_type,
        income_type,
        education_level,
        family_status,
        housing_type,
        occupation,
        organization_type,
        application_weekday,
        housing_repair_fund_type,
        housing_building_type,
        housing_wall_material,

        -- numerics
        children_count,
        family_member_count,
        income_amount,
        credit_amount,
        annuity_amount,
        goods_price_amount,
        region_population_share,
        region_rating,
        region_rating_with_city,
        application_hour,
        age_years,
        employment_years,
        registration_years,
        id_document_years,
        last_phone_change_years,
        car_age_years,
        external_score_1,
        external_score_2,
        external_score_3,
        housing_apartments_average,
        housing_basement_area_average,
        housing_commissioning_years_average,
        housing_construction_years_average,
        housing_common_area_average,
        housing_elevators_average,
        housing_entrances_average,
        housing_floors_max_average,
        housing_floors_min_average,
        housing_land_area_average,
        housing_living_apartments_average,
        housing_living_area_average,
        housing_nonliving_apartments_average,
        housing_nonliving_area_average,
        housing_apartments_mode,
        housing_basement_area_mode,
        housing_commissioning_years_mode,
        housing_construction_years_mode,
        housing_common_area_mode,
        housing_elevators_mode,
        housing_entrances_mode,
        housing_floors_max_mode,
        housing_floors_min_mode,
        housing_land_area_mode,
        housing_living_apartments_mode,
        housing_living_area_mode,
        housing_nonliving_apartments_mode,
        housing_nonliving_area_mode,
        housing_apartments_median,
        housing_basement_area_median,
        housing_commissioning_years_median,
        housing_construction_years_median,
        housing_common_area_median,
        housing_elevators_median,
        housing_entrances_median,
        housing_floors_max_median,
        housing_floors_min_median,
        housing_land_area_median,
        housing_living_apartments_median,
        housing_living_area_median,
        housing_nonliving_apartments_median,
        housing_nonliving_area_median,
        housing_total_area_mode,
        social_circle_observed_30_count,
        social_circle_default_30_count,
        social_circle_observed_60_count,
        social_circle_default_60_count,
        bureau_enquiry_hour_count,
        bureau_enquiry_day_count,
        bureau_enquiry_week_count,
        bureau_enquiry_month_count,
        bureau_enquiry_quarter_count,
        bureau_enquiry_year_count,

        -- booleans
        is_default,
        is_labelled,
        has_car,
        has_realty,
        has_mobile_phone,
        has_employer_phone,
        has_work_phone,
        is_mobile_reachable,
        has_home_phone,
        has_email,
        is_registered_outside_living_region,
        is_registered_outside_work_region,
        is_living_outside_work_region,
        is_registered_outside_living_city,
        is_registered_outside_work_city,
        is_living_outside_work_city,
        is_housing_emergency_state,
        is_employment_unknown,
        has_document_2,
        has_document_3,
        has_document_4,
        has_document_5,
        has_document_6,
        has_document_7,
        has_document_8,
        has_document_9,
        has_document_10,
        has_document_11,
        has_document_12,
        has_document_13,
        has_document_14,
        has_document_15,
        has_document_16,
        has_document_17,
        has_document_18,
        has_document_19,
        has_document_20,
        has_document_21
    from applications
    where
        not exists (
            select 1
            from quarantined
            where
                applications.landing_table = quarantined.landing_table
                and applications.landing_row_id = quarantined.landing_row_id
                and applications.client_id
                is not distinct from quarantined.sk_id_curr
        )

)

select * from one_application_per_client
