-- Leads 1 to %(size)s of the last two years; every fifth is the first person's, 3 %% are nobody's.
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
drawn AS (
    SELECT
        *,
        1 + a %% cardinality(%(names)s::text[]) AS name_at,
        1 + b %% cardinality(%(surnames)s::text[]) AS surname_at,
        (ARRAY[
            'new', 'new', 'new', 'contacted', 'contacted', 'quoted', 'quoted', 'closed', 'closed',
            'discarded', 'discarded', 'discarded'
        ])[1 + c %% 12] AS status,
        (ARRAY['web', 'web', 'whatsapp', 'whatsapp', 'instagram', 'manual'])[1 + d %% 6] AS channel,
        CASE
            WHEN d %% 33 = 0 THEN NULL
            WHEN a %% 5 = 0 THEN (%(users)s::bigint[])[1]
            ELSE (%(users)s::bigint[])[2 + b %% (cardinality(%(users)s::bigint[]) - 1)]
        END AS assigned_to_id,
        %(until)s::timestamptz - interval '2 years' + interval '2 years' * (i::float8 / %(size)s)
            - interval '1 second' * (a %% 3600) AS created_at
    FROM dice
)
SELECT
    i AS id,
    status,
    channel,
    assigned_to_id,
    created_at,
    (%(names)s::text[])[name_at] || ' ' || (%(surnames)s::text[])[surname_at] AS name,
    'prospect' || number || '@example.org' AS email,
    '+58412' || number AS phone,
    CASE WHEN status = 'closed' THEN 1 + i %% %(customers)s END AS customer_id,
    CASE WHEN a %% 3 > 0 THEN (a %% 5000) * 10 END AS expected_value,
    least(
        created_at + CASE WHEN status = 'new' THEN interval '0' ELSE interval '1 hour' * (b %% 900) END,
        %(until)s::timestamptz
    ) AS updated_at,
    CASE WHEN d %% 40 = 0 THEN created_at + interval '90 days' END AS archived_at,
    CASE WHEN status = 'new' THEN 1 ELSE 2 END AS version,
    coalesce(assigned_to_id, (%(users)s::bigint[])[1]) AS created_by_id,
    coalesce(assigned_to_id, (%(users)s::bigint[])[1]) AS modified_by_id,
    ' ' || (%(folded_names)s::text[])[name_at] || ' ' || (%(folded_surnames)s::text[])[surname_at]
        || ' prospect' || number || ' example org prospect' || number || 'exampleorg 58412' || number
        AS search_text
FROM drawn
