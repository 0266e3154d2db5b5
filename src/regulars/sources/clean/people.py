"""Who is named on each fact, and what did they say of themselves?

Finds the normalised identifiers of every order and customer record, which of them stood together (evidence), the
newest contact details, consents (claimed, never proof) and attributes. Nobody is merged here.
"""

from regulars.customers.identifiers import blocked, phones
from regulars.sources.clean import values
from regulars.sources.clean.bench import Bench
from regulars.sources.keys import key_sql

CONTACT = "name company address city postcode region country tags".split()


def find(bench: Bench) -> None:
    """Fill `identifiers`, `evidence`, `consents` and `attribute_values`; give orders their `identifier_id`."""
    _mentions(bench)
    _phones(bench)
    _normalise(bench)
    _identifiers(bench)
    _evidence(bench)
    bench.run(
        "CREATE TABLE named AS SELECT o.id AS order_id, m.identifier_id FROM orders o JOIN mention m ON m.kind = 'order' AND m.fact = o.id"
    )
    _consents(bench)
    _attributes(bench)


def _mentions(bench: Bench) -> None:
    bench.run(
        "CREATE TABLE said AS SELECT 'order' AS kind, id AS fact, source, account, email, phone, contact_name AS name, company, address, "
        "city, postcode, region, country, '' AS tags, ordered_at AS seen_at, email_consent, '' AS sms_consent, '' AS attributes, file FROM orders "
        "UNION ALL SELECT 'customer', row, source, account, email, phone, name, company, address, city, postcode, region, country, tags, "
        "created_at, email_consent, sms_consent, attributes, file FROM customer_record "
        "UNION ALL SELECT 'review', row, source, account, email, '', name, '', '', '', '', '', '', '', created_at, '', '', '', file FROM review_record "
        "UNION ALL SELECT 'return', r.id, r.source, h.account, h.email, h.phone, '', '', '', '', '', '', '', '', r.happened_at, '', '', '', r.file "
        "FROM (SELECT DISTINCT ON (part, id) * FROM returned) r JOIN head h ON h.part = r.part AND h.id = r.id"
    )


def _phones(bench: Bench) -> None:
    bench.run("CREATE TABLE phone_number (said VARCHAR, country VARCHAR, normal VARCHAR)")
    pairs = bench.rows("SELECT DISTINCT phone, upper(country) FROM said WHERE phone <> ''")
    if pairs:
        import pyarrow as pa

        found = phones(pairs)
        columns = [pa.array([row[index] for row in found], pa.string()) for index in range(3)]
        bench.con.register("found_phones", pa.table(columns, names=["said", "country", "normal"]))
        bench.run("INSERT INTO phone_number SELECT * FROM found_phones")
        bench.con.unregister("found_phones")


def _normalise(bench: Bench) -> None:
    account = "CASE WHEN trim(account) <> '' AND trim(account) <> '0' THEN source || ':' || trim(account) END"
    bench.run(
        f"CREATE TABLE plain AS SELECT said.* EXCLUDE (account, email, phone), {account} AS account, {values.email('email')} AS email, "
        "nullif(p.normal, '') AS phone FROM said LEFT JOIN phone_number p ON p.said = said.phone AND p.country = upper(said.country)"
    )
    bench.run("DROP TABLE said")
    bench.run("CREATE TABLE blocked_value (value VARCHAR)")
    for column in ("account", "email", "phone"):
        shown = "split_part(account, ':', 2)" if column == "account" else column
        suspects = bench.rows(
            f"SELECT DISTINCT {shown} FROM plain WHERE {column} IS NOT NULL AND regexp_matches(lower({shown}), "
            "'^[0-]*$|^-1$|null|none|n/?a|unknown|anonymous|guest|test|undefined|reply|admin|nobody|^(marketplace|amazon|ebay|etsy)@|localhost|invalid')"
        )
        bad = [(value,) for (value,) in suspects if blocked(value)]
        if bad:
            bench.con.executemany("INSERT INTO blocked_value VALUES (?)", bad)
            bench.run(f"UPDATE plain SET {column} = NULL WHERE {shown} IN (SELECT value FROM blocked_value)")
    blocked_count = bench.value("SELECT count(DISTINCT value) FROM blocked_value")
    if blocked_count:
        bench.note("blocked_values", values=blocked_count)
    first = (
        f"CASE WHEN account IS NOT NULL THEN {key_sql(_q('account'), 'account')} WHEN email IS NOT NULL THEN {key_sql(_q('email'), 'email')} "
        f"WHEN phone IS NOT NULL THEN {key_sql(_q('phone'), 'phone')} END"
    )
    bench.run(f"CREATE TABLE mention AS SELECT *, {first} AS identifier_id FROM plain")
    bench.run("DROP TABLE plain")


def _identifiers(bench: Bench) -> None:
    each = " UNION ALL ".join(
        f"SELECT {key_sql(_q(kind), kind)} AS id, '{kind}' AS kind, {kind} AS value, identifier_id = {key_sql(_q(kind), kind)} AS is_first, "
        f"seen_at, {', '.join(CONTACT)} FROM mention WHERE {kind} IS NOT NULL"
        for kind in ("account", "email", "phone")
    )
    when = "coalesce(seen_at, TIMESTAMP '1970-01-01')"
    newest = ", ".join(f"coalesce(arg_max({c}, {when} || {c}) FILTER (is_first AND {c} <> ''), '') AS {c}" for c in CONTACT)
    bench.run(
        f"CREATE TABLE identifiers AS SELECT id, kind, left(min(value), 400) AS value, max(seen_at) FILTER (is_first) AS seen_at, {newest} "
        f"FROM ({each}) GROUP BY id, kind"
    )


def _evidence(bench: Bench) -> None:
    pairs = " UNION ".join(
        f"SELECT DISTINCT {key_sql(_q(a), a)} AS left_id, {key_sql(_q(b), b)} AS right_id FROM mention WHERE {a} IS NOT NULL AND {b} IS NOT NULL"
        for a, b in (("account", "email"), ("account", "phone"), ("email", "phone"))
    )
    names = " UNION ".join(
        f"SELECT DISTINCT {key_sql(_q(kind), kind)} AS left_id, lower(trim(name)) AS name FROM mention WHERE {kind} IS NOT NULL AND trim(name) <> ''"
        for kind in ("email", "phone")
    )
    bench.run(
        f"CREATE TABLE evidence AS SELECT left_id AS identifier_id, right_id AS other_id, '' AS name FROM ({pairs}) "
        f"UNION ALL SELECT left_id, NULL, left(name, 300) FROM ({names})"
    )


def _consents(bench: Bench) -> None:
    yes, no = "('yes', 'true', '1', 'subscribed')", "('no', 'false', '0', 'unsubscribed', 'never_subscribed')"
    state = f"CASE WHEN lower(said) IN {yes} THEN 'claimed' WHEN lower(said) IN {no} THEN 'claimed_no' END"
    bench.run(
        f"CREATE TABLE consents AS SELECT DISTINCT identifier_id, channel, {state} AS state, source || ' export, ' || file AS provenance FROM ("
        f"SELECT {key_sql(_q('email'), 'email')} AS identifier_id, 'email' AS channel, email_consent AS said, source, file FROM mention "
        "WHERE email IS NOT NULL AND kind = 'customer' "
        f"UNION ALL SELECT {key_sql(_q('phone'), 'phone')}, 'sms', sms_consent, source, file FROM mention WHERE phone IS NOT NULL AND kind = 'customer') "
        f"WHERE {state} IS NOT NULL"
    )
    bench.run(
        "CREATE OR REPLACE TABLE consents AS SELECT DISTINCT ON (identifier_id, channel) * FROM consents ORDER BY identifier_id, channel, state DESC"
    )


def _attributes(bench: Bench) -> None:
    bench.run(
        "CREATE TABLE attribute_values AS SELECT identifier_id, key AS attribute, left(json_extract_string(attributes, '$.\"' || key || '\"'), 400) AS value, "
        "source || ' export, ' || file AS provenance FROM (SELECT *, unnest(json_keys(attributes)) AS key FROM mention WHERE attributes <> '' AND identifier_id IS NOT NULL)"
    )
    bench.run("DELETE FROM attribute_values WHERE value IS NULL OR trim(value) = ''")


def _q(kind: str) -> str:
    return f"'{kind}'"
