{#- How a licence is called on an invoice, as the vendor prints it; its code if the catalogue has none. -#}
{% macro licence_title(licence, title, is_always_named, licence_model) -%}
case
    when {{ title }} is null then {{ licence }}
    when {{ is_always_named }} or {{ licence_model }} = 'named' then {{ title }} || ' User'
    when {{ licence_model }} = 'concurrent' then {{ title }} || ' Concurrent User'
    else {{ title }} || ' Hourly User'
end
{%- endmacro %}

{#- What a licence is counted in: LIC-6 names some always, the contract's model decides for the rest. -#}
{% macro licence_unit(is_always_named, licence_model) -%}
case
    when {{ licence_model }} = 'hourly' and not coalesce({{ is_always_named }}, false) then 'hour'
    else 'user'
end
{%- endmacro %}
