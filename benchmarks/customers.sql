-- Customers 1 to %(size)s with values as varied as life's, the same at every run.
-- The arrays belong together: what is stored, what search folds it to, what fits an address.
WITH dice AS (
    SELECT
        i,
        lpad(i::text, 7, '0') AS number,
        hashint8(i)::bigint & 2147483647 AS a,
        hashint8(i + 1000000007)::bigint & 2147483647 AS b,
        hashint8(i + 2000000011)::bigint & 2147483647 AS c,
        hashint8(i + 3000000019)::bigint & 2147483647 AS d
    FROM generate_series(1, %(size)s::bigint) AS i
),
chosen AS (
    SELECT
        *,
        1 + a %% cardinality(%(names)s::text[]) AS name_at,
        1 + b %% cardinality(%(surnames)s::text[]) AS surname_at,
        1 + c %% cardinality(%(cities)s::text[]) AS city_at,
        1 + d %% cardinality(%(trades)s::text[]) AS trade_at,
        c %% 7 = 0 AS is_company,
        d %% 10 > 0 AS has_email,
        b %% 20 > 0 AS has_phone,
        a %% 5 = 0 AS was_changed
    FROM dice
),
worded AS (
    SELECT
        *,
        (%(names)s::text[])[name_at] AS name,
        (%(folded_names)s::text[])[name_at] AS folded_name,
        (%(surnames)s::text[])[surname_at] AS surname,
        (%(folded_surnames)s::text[])[surname_at] AS folded_surname,
        (%(latin_names)s::text[])[name_at] || '.' || (%(latin_surnames)s::text[])[surname_at]
            AS mailbox,
        (%(cities)s::text[])[city_at] AS city,
        (%(folded_cities)s::text[])[city_at] AS folded_city,
        (%(trades)s::text[])[trade_at] AS trade,
        (%(folded_trades)s::text[])[trade_at] AS folded_trade,
        (%(hosts)s::text[])[1 + a %% cardinality(%(hosts)s::text[])] AS host,
        CASE WHEN has_phone THEN
            (ARRAY['412', '414', '416', '424', '426'])[1 + i %% 5]
            || lpad((i * 7919 %% 10000000)::text, 7, '0')
        END AS national,
        %(until)s::timestamptz - interval '5 years'
            + interval '5 years' * (i::float8 / %(size)s)
            - interval '1 second' * (a %% 86400) AS created_at
    FROM chosen
)
SELECT
    i AS id,
    md5('customer ' || i)::uuid AS uuid,
    CASE WHEN i %% 4 = 0 THEN 'ERP-' || number END AS external_id,
    CASE WHEN is_company THEN 'juridical' ELSE 'natural' END AS client_type,
    name,
    surname,
    CASE WHEN is_company THEN trade || ' ' || surname ELSE '' END AS company_name,
    CASE WHEN i %% 3 = 0 THEN 'V-1' || number ELSE '' END AS tax_id,
    CASE WHEN has_email THEN mailbox || number || '@' || host END AS email,
    '+58' || national AS phone,
    CASE WHEN i %% 3 = 1 THEN coalesce('0' || national, '') ELSE '' END AS phone_as_given,
    CASE WHEN i %% 6 = 0 THEN 'insta_' || number ELSE '' END AS instagram,
    CASE WHEN i %% 2 = 0 THEN 'Calle ' || b %% 90 || ', casa ' || c %% 300 ELSE '' END AS address,
    city,
    (1000 + d %% 9000)::text AS postal_code,
    (%(countries)s::text[])[city_at] AS country,
    (%(country_codes)s::text[])[city_at] AS country_code,
    CASE WHEN a %% 3 > 0 THEN 18 + c %% 70 END AS age,
    (ARRAY['', 'female', 'male'])[1 + b %% 3] AS gender,
    created_at - interval '1 day' * (d %% 30) AS registered_at,
    created_at,
    created_at + CASE WHEN was_changed THEN interval '1 hour' * (b %% 2000) ELSE interval '0' END
        AS updated_at,
    CASE WHEN i %% 20 = 0 THEN created_at + interval '90 days' END AS archived_at,
    CASE WHEN was_changed THEN 2 ELSE 1 END AS version,
    (%(users)s::bigint[])[1 + i %% cardinality(%(users)s::bigint[])] AS created_by_id,
    (%(users)s::bigint[])[1 + i %% cardinality(%(users)s::bigint[])] AS modified_by_id,
    ' ' || concat_ws(
        ' ',
        folded_name,
        folded_surname,
        CASE WHEN is_company THEN folded_trade || ' ' || folded_surname END,
        CASE WHEN has_email THEN concat_ws(
            ' ', translate(mailbox, '.', ' ') || number, translate(host, '.', ' '),
            translate(mailbox, '.', '') || number || translate(host, '.', '')
        ) END,
        '58' || national,
        CASE WHEN i %% 3 = 1 THEN '0' || national END,
        CASE WHEN i %% 6 = 0 THEN concat_ws(' ', 'insta', number, 'insta' || number) END,
        CASE WHEN i %% 3 = 0 THEN 'v 1' || number || ' v1' || number END,
        CASE WHEN i %% 4 = 0 THEN 'erp ' || number || ' erp' || number END,
        folded_city
    ) AS search_text
FROM worded
