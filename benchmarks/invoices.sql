-- Documents 1 to %(size)s of the last five years, in the order of their dates: one in twenty-five is
-- a credit note for the whole of the invoice before it, one in fifty a draft, one in twelve owed.
WITH dice AS (
    SELECT
        i,
        hashint8(i)::bigint & 2147483647 AS a,
        hashint8(i + 1000000007)::bigint & 2147483647 AS b,
        i - (i %% 25 = 0)::int AS same_as,
        i %% 25 = 0 AS is_note,
        i %% 25 = 24 AS is_cancelled,
        i %% 50 = 7 AS is_draft,
        i %% 12 = 5 AND i %% 25 NOT IN (0, 24) AND i %% 50 <> 7 AS is_owed
    FROM generate_series(1, %(size)s::bigint) AS i
),
priced AS (
    SELECT
        *,
        1000 * (2 + (hashint8(same_as)::bigint & 2147483647) %% 900) AS subtotal,
        (ARRAY['EUR', 'EUR', 'EUR', 'EUR', 'EUR', 'EUR', 'EUR', 'USD', 'USD', 'JPY'])[
            1 + (hashint8(same_as + 9)::bigint & 2147483647) %% 10
        ] AS currency,
        1 + (hashint8(same_as + 5)::bigint & 2147483647) %% %(customers)s AS customer_id,
        %(until)s::timestamptz - interval '5 years' + interval '5 years' * (i::float8 / %(size)s)
            AS created_at
    FROM dice
),
taxed AS (
    SELECT *, subtotal / 10 AS tax, created_at::date AS day FROM priced
)
SELECT
    i AS id,
    CASE WHEN is_note THEN 'credit_note' ELSE 'invoice' END AS kind,
    CASE WHEN is_note THEN same_as END AS corrects_id,
    CASE WHEN NOT is_draft THEN CASE WHEN is_note THEN 'NC' ELSE 'FAC' END || i::text
    END AS number,
    CASE WHEN is_draft THEN '' WHEN is_note THEN 'NC' ELSE 'FAC' END AS series,
    CASE WHEN is_draft THEN 0 ELSE i END AS sequence,
    customer_id,
    'Services of ' || to_char(created_at, 'YYYY-MM') AS description,
    currency,
    'en' AS language,
    subtotal,
    tax,
    subtotal + tax AS total,
    '[]'::jsonb AS taxes,
    CASE
        WHEN is_draft OR is_cancelled THEN 0
        WHEN is_owed THEN 1000 * (b %% 2)
        ELSE subtotal + tax
    END AS paid_amount,
    CASE WHEN is_cancelled THEN subtotal + tax ELSE 0 END AS credited_amount,
    CASE
        WHEN is_draft THEN 'draft'
        WHEN is_cancelled THEN 'cancelled'
        WHEN is_owed THEN 'pending'
        ELSE 'paid'
    END AS status,
    CASE WHEN NOT is_draft THEN day END AS issue_date,
    CASE WHEN NOT is_draft THEN day + 30 END AS due_date,
    'Customer ' || customer_id AS billing_name,
    ' fac' || i::text || ' customer ' || customer_id || ' services of '
        || to_char(created_at, 'YYYY MM') AS search_text,
    created_at,
    created_at AS updated_at,
    1 AS lines_version,
    1 AS version,
    (%(users)s::bigint[])[1 + i %% cardinality(%(users)s::bigint[])] AS created_by_id,
    (%(users)s::bigint[])[1 + i %% cardinality(%(users)s::bigint[])] AS modified_by_id
FROM taxed
