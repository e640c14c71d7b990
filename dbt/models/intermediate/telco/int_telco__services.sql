-- Grain: one row per combination of call columns that occurs, and state of the catalogue in use.
-- Rule: VOX-5, the service of a call; its words come from the catalogue, contained in any case.
-- Guarantees: every combination has exactly one service; BYOC comes before all others.
-- Forbids: a word of one direction deciding a call of the other.
with

kinds as (

    select * from {{ ref('int_telco__call_kinds') }}

),

windows as (

    select * from {{ ref('int_telco__voice_windows') }}

),

words as (

    select
        service,
        lower(direction) as direction_key,
        column_name,
        lower(regexp_replace(trim(word), '\s+', ' ', 'g')) as word_key,
        effective_from,
        effective_until
    from {{ ref('stg_catalogue__call_services') }}

),

catalogues as (

    select catalogue_from
    from windows
    group by catalogue_from

),

combinations as (

    select
        row_number() over (
            order by direction, usage_group, usage_group_display, call_type
        ) as kind_id,
        direction,
        usage_group,
        usage_group_display,
        call_type,
        lower(trim(direction)) as direction_key,
        lower(regexp_replace(trim(usage_group), '\s+', ' ', 'g')) as usage_group_key,
        lower(regexp_replace(usage_group_display, '\s+', ' ', 'g')) as display_key,
        lower(regexp_replace(trim(call_type), '\s+', ' ', 'g')) as call_type_key
    from kinds
    group by
        direction,
        usage_group,
        usage_group_display,
        call_type

)

select
    combinations.kind_id,
    catalogues.catalogue_from,
    combinations.direction,
    combinations.usage_group,
    combinations.usage_group_display,
    combinations.call_type,
    combinations.direction_key,
    combinations.usage_group_key,
    combinations.call_type_key,
    case
        when bool_or(words.service = 'byoc') then 'byoc'
        else coalesce(max(words.service), combinations.direction_key)
    end as service
from combinations
cross join catalogues
left join words
    on
        catalogues.catalogue_from >= words.effective_from
        and catalogues.catalogue_from < words.effective_until
        and combinations.direction_key = coalesce(words.direction_key, combinations.direction_key)
        and contains(
            case words.column_name
                when 'usage_group' then combinations.usage_group_key
                when 'usage_group_display' then combinations.display_key
                when 'call_type' then combinations.call_type_key
            end,
            words.word_key
        )
group by
    combinations.kind_id,
    catalogues.catalogue_from,
    combinations.direction,
    combinations.usage_group,
    combinations.usage_group_display,
    combinations.call_type,
    combinations.direction_key,
    combinations.usage_group_key,
    combinations.call_type_key
