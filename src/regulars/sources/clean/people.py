"""Who is named on each fact, and what did they say of themselves?

Finds the normalised identifiers of every order and customer record, which of them stood together (evidence), the
newest contact details, consents (claimed, never proof) and attributes. Nobody is merged here.
"""

from regulars.customers.identifiers import blocked, phones
from regulars.sources.clean import first_said, values
from regulars.sources.clean.bench import Bench, columns_of
from regulars.sources.keys import key_sql
from regulars.sources.source import literal

KINDS = ("account", "email", "phone")  # in order of trust
CONTACT = "name company address city postcode region country tags".split()
PHONES_AT_ONCE = 20_000
# Only values that look like this are asked about one by one (customers.identifiers.blocked decides).
SUSPECT = (
    "^~?[0-]*$|^-1$|null|none|n/?a|unknown|anonymous|guest|test|undefined|reply|admin|nobody|^(marketplace|amazon|ebay|etsy)@"
    "|localhost|invalid"
)


def find(bench: Bench) -> None:
    """Make `identifiers`, `evidence`, `consents`, `attribute_values`, and `mention`: who is named on which fact."""
    contact = _say(bench)
    _normalise(bench)
    _mention(bench, contact)
    _identifiers(bench, contact)
    _evidence(bench, "name" in contact)
    _consents(bench)
    _attributes(bench)


def _say(bench: Bench) -> list[str]:
    """The view `said`: every fact that names people. Returns the contact details that some fact gives."""
    order = columns_of(bench, "chosen_head")
    names = [*KINDS, *(name for name in CONTACT if name != "tags")]  # an order's tags are the order's
    bench.run(
        f"""CREATE VIEW said AS
            SELECT 'order' AS kind, id AS fact, source, {", ".join(f"{order(name)} AS {name}" for name in names)}, '' AS tags,
                ordered_at_utc AS seen_at FROM chosen_head
            UNION ALL BY NAME
            SELECT 'customer' AS kind, number AS fact, source, {", ".join([*KINDS, *CONTACT])}, created_at AS seen_at
            FROM customer_record
            UNION ALL BY NAME
            SELECT 'review' AS kind, id AS fact, source, account, email, name, created_at AS seen_at,
                {", ".join(f"'' AS {name}" for name in ["phone", *CONTACT] if name != "name")} FROM review"""
    )
    return [name for name in CONTACT if bench.value(f"SELECT 1 FROM said WHERE {name} <> '' LIMIT 1") is not None]


def _normalise(bench: Bench) -> None:
    """The tables `account_value`, `email_value`, `phone_value`: each different text once, with what it means and its id.

    Values that stand for nobody get no id.
    """
    bench.run(
        """CREATE TABLE account_value AS
            SELECT DISTINCT source, account AS said, source || ':' || account AS value FROM said WHERE account NOT IN ('', '0')"""
    )
    email = values.email("said")
    bench.run(
        f"CREATE TABLE email_value AS SELECT said, {email} AS value FROM (SELECT DISTINCT email AS said FROM said WHERE email <> '')"
    )
    _normalise_phones(bench)
    taken_out: set[str] = set()
    for kind, shown in (("account", "said"), ("email", "value"), ("phone", "ltrim(value, '~')")):
        table = f"{kind}_value"
        suspects = bench.rows(
            f"SELECT DISTINCT {shown} FROM {table} WHERE regexp_matches(lower({shown}), {literal(SUSPECT)})"
        )
        bad = [value for (value,) in suspects if blocked(value)]
        bench.run(f"DELETE FROM {table} WHERE value IS NULL OR {shown} IN (SELECT unnest(?::VARCHAR[]))", [bad])
        taken_out.update(bad)
        bench.run(f"CREATE OR REPLACE TABLE {table} AS SELECT *, {key_sql(literal(kind), 'value')} AS id FROM {table}")
    if taken_out:
        bench.note("blocked_values", values=len(taken_out))


def _normalise_phones(bench: Bench) -> None:
    """In batches: the numbering plans are Python's."""
    import pyarrow as pa

    bench.run("CREATE TABLE phone_value (said VARCHAR, country VARCHAR, value VARCHAR)")
    pairs = bench.con.sql("SELECT DISTINCT phone, upper(country) AS country FROM said WHERE phone <> ''")
    names = ["said", "country", "value"]
    for batch in pairs.to_arrow_table().to_batches(PHONES_AT_ONCE):
        found = phones(zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True))
        columns = [pa.array([row[index] for row in found], pa.string()) for index in range(3)]
        bench.con.register("found_phones", pa.table(columns, names=names))
        bench.run("INSERT INTO phone_value SELECT said, country, nullif(value, '') FROM found_phones")
        bench.con.unregister("found_phones")


def _mention(bench: Bench, contact: list[str]) -> None:
    """Who is named on each fact: the ids of the identifiers, and the first of them in order of trust."""
    details = "".join(f", s.{name}" for name in contact)
    bench.run(
        f"""CREATE TABLE mention AS
            SELECT s.kind, s.fact, s.seen_at{details}, a.id AS account_id, e.id AS email_id, p.id AS phone_id,
                coalesce(a.id, e.id, p.id) AS identifier_id
            FROM said s
            LEFT JOIN account_value a ON a.source = s.source AND a.said = s.account
            LEFT JOIN email_value e ON e.said = s.email
            LEFT JOIN phone_value p ON p.said = s.phone AND p.country = upper(s.country)"""
    )


def _identifiers(bench: Bench, contact: list[str]) -> None:
    """Each identifier with the newest details of the facts it names; what the newest leaves blank an older one tells."""
    each = " UNION ".join(f"SELECT id, '{kind}' AS kind, left(value, 400) AS value FROM {kind}_value" for kind in KINDS)
    if contact:
        bench.run(
            f"CREATE TABLE detail AS SELECT identifier_id, {', '.join(contact)}, row_number() OVER (ORDER BY "
            f"coalesce(seen_at, TIMESTAMP '1970-01-01') DESC, {', '.join(f'{name} DESC' for name in contact)}) AS turn "
            "FROM mention WHERE identifier_id IS NOT NULL"
        )
        speakers = first_said.Speakers("detail", of="identifier_id", turn="turn")
        first_said.gather(bench, speakers, "contact", columns=contact)
        first_said.fill_blanks(bench, speakers, "contact", contact)
        bench.run("DROP TABLE detail")
    else:
        bench.run("CREATE TABLE contact (identifier_id BIGINT)")
    told = ", ".join(f"coalesce(c.{name}, '') AS {name}" if name in contact else f"'' AS {name}" for name in CONTACT)
    bench.run(
        f"""CREATE TABLE identifiers AS
            SELECT k.id, k.kind, k.value, s.seen_at, {told}
            FROM ({each}) k
            LEFT JOIN (SELECT identifier_id, max(seen_at) AS seen_at FROM mention GROUP BY identifier_id) s
                ON s.identifier_id = k.id
            LEFT JOIN contact c ON c.identifier_id = k.id"""
    )


def _evidence(bench: Bench, has_names: bool) -> None:
    """Pairs of identifiers that stood on one fact, and the names each address or phone was used with."""
    pairs = [
        f"SELECT {a}_id AS identifier_id, {b}_id AS other_id, '' AS name FROM mention "
        f"WHERE {a}_id IS NOT NULL AND {b}_id IS NOT NULL"
        for a, b in (("account", "email"), ("account", "phone"), ("email", "phone"))
    ]
    names = [
        f"SELECT {kind}_id, NULL, left(lower(trim(name)), 300) FROM mention WHERE {kind}_id IS NOT NULL AND trim(name) <> ''"
        for kind in ("email", "phone")
        if has_names
    ]
    bench.run(f"CREATE TABLE evidence AS {' UNION '.join([*pairs, *names])}")


def _consents(bench: Bench) -> None:
    """What customer lists say of marketing consent. Where they differ, the no counts."""
    yes, no = "('yes', 'true', '1', 'subscribed')", "('no', 'false', '0', 'unsubscribed', 'never_subscribed')"
    each = " UNION ALL ".join(
        f"SELECT m.{kind}_id AS identifier_id, '{channel}' AS channel, lower(c.{channel}_consent) AS said, c.source, p.file "
        "FROM mention m JOIN customer_record c ON c.number = m.fact JOIN part p ON p.number = c.part "
        f"WHERE m.kind = 'customer' AND m.{kind}_id IS NOT NULL"
        for kind, channel in (("email", "email"), ("phone", "sms"))
    )
    bench.run(
        f"""CREATE TABLE consents AS
            SELECT DISTINCT ON (identifier_id, channel) identifier_id, channel,
                CASE WHEN said IN {yes} THEN 'claimed' ELSE 'claimed_no' END AS state,
                source || ' export, ' || file AS provenance
            FROM ({each}) WHERE said IN {yes} OR said IN {no}
            ORDER BY identifier_id, channel, state DESC, provenance"""
    )


def _attributes(bench: Bench) -> None:
    """The packed attributes, one row each. Of two different values the greater is taken, so file order does not matter."""
    packed = """from_json(c.attributes, '"MAP(VARCHAR, VARCHAR)"')"""
    bench.run(
        f"""CREATE TABLE attribute_values AS
            SELECT DISTINCT ON (identifier_id, attribute) identifier_id, attribute, value, provenance
            FROM (SELECT identifier_id, entry.key AS attribute, left(trim(entry.value), 400) AS value, provenance
                FROM (SELECT m.identifier_id, c.source || ' export, ' || p.file AS provenance,
                        unnest(map_entries({packed})) AS entry
                    FROM mention m JOIN customer_record c ON c.number = m.fact JOIN part p ON p.number = c.part
                    WHERE m.kind = 'customer' AND m.identifier_id IS NOT NULL AND json_valid(c.attributes)))
            WHERE value <> ''
            ORDER BY identifier_id, attribute, value DESC, provenance"""
    )
