{#-
    PER-2: the instant (TIMESTAMP in UTC) at which a local date begins in an IANA time zone.
    A midnight that the clocks skip begins at the jump; one that they show twice begins at the
    first showing, which is what the second branch finds (clocks go back by an hour at most).
-#}
{% macro local_midnight_utc(local_date, time_zone) -%}
case
    when
        timezone({{ time_zone }}, timezone({{ time_zone }}, {{ local_date }}::timestamp) - interval 1 hour)
        >= {{ local_date }}::timestamp
        then timezone('UTC', timezone({{ time_zone }}, {{ local_date }}::timestamp) - interval 1 hour)
    else timezone('UTC', timezone({{ time_zone }}, {{ local_date }}::timestamp))
end
{%- endmacro %}
