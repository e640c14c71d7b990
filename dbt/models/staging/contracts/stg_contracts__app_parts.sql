select
    org,
    version,
    position,
    app,
    part,
    app_slug,
    part_slug,
    part_type,
    charge_name,
    count_model,
    committed,
    prepay_rate,
    on_demand_rate,
    is_billed_in_ramp
from {{ source('contracts', 'app_parts') }}
