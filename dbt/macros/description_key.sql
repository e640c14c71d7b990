{#-
    How a vendor's description is compared (REC-1): letters of other alphabets that look like Latin
    ones count as those (as do full-width forms), case, dashes of any kind, underscores and repeated
    spaces do not matter. dagster_project/catalogue.py folds the user's own rows in the same way.
-#}
{% macro description_key(description) -%}
{%- set look_alikes = 'İΑАΒВСϹΕЕЁϜԌΗНΙІЇӀЈͿΚКΜМΝΟОՕΡРԚЅՏΤТՍѴԜΧХΥУҮΖαасϲԁеёɡһհιіїıјϳκкӏмոοоօρрԛզгѕтυսνѵԝѡχхуүＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ０１２３４５６７８９' -%}
{%- set letters = 'IAABBCCEEEFGHHIIIIJJKKMMNOOOPPQSSTTUVWXXYYYZaaccdeeghhiiiijjkklmnoooppqqrstuuvvwwxxyyABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789' -%}
trim(
    regexp_replace(
        lower(
            translate(
                regexp_replace(nfc_normalize({{ description }}), '\p{Cf}', '', 'g'),
                '{{ look_alikes }}',
                '{{ letters }}'
            )
        ),
        '[\s\p{Z}\p{Pd}\x{2212}_]+',
        ' ',
        'g'
    )
)
{%- endmacro %}
