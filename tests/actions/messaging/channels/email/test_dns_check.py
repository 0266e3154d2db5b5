import base64
import socket
import threading

import dns.message
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.actions.messaging.channels.email import dmarc
from regulars.actions.messaging.channels.email.dkim import NotAKey, rsa_bits
from regulars.actions.messaging.channels.email.dns_check import NoAnswer, Record, check, resolver
from regulars.actions.messaging.channels.email.spf import allowing


def der(tag, content):
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x82, *size.to_bytes(2, "big")])
    return bytes([tag]) + length + content


def key(bits):
    """An RSA public key of so many bits, in the form that DNS records hold."""
    number = der(0x02, b"\x00" + ((1 << (bits - 1)) | 1).to_bytes(bits // 8, "big"))
    rsa = der(0x30, number + der(0x02, b"\x01\x00\x01"))
    kind = der(0x30, der(0x06, bytes.fromhex("2a864886f70d010101")) + der(0x05, b""))
    return base64.b64encode(der(0x30, kind + der(0x03, b"\x00" + rsa))).decode()


ZONE = {
    ("bounce.shop.example", "TXT"): ["v=spf1 include:spf.relay.example -all", "something else"],
    ("spf.relay.example", "TXT"): ["v=spf1 ip4:192.0.2.0/24 a:out.relay.example ~all"],
    ("out.relay.example", "A"): ["198.51.100.7"],
    ("smtp.relay.example", "A"): ["192.0.2.9"],
    ("s1._domainkey.shop.example", "TXT"): [f"v=DKIM1; k=rsa; p={key(2048)}"],
    ("_dmarc.shop.example", "TXT"): ["v=DMARC1; p=none; rua=mailto:x@shop.example"],
    ("bounce.shop.example", "MX"): ["10 mx.shop.example"],
    ("mx.shop.example", "A"): ["203.0.113.5"],
}


def findings(changes=None, *, domain="shop.example", host="bounce.shop.example", sender="smtp.relay.example"):
    zone = {**ZONE, **(changes or {})}
    return {
        one.what: one
        for one in check(
            domain, selector="s1", host=host, sender=sender, ask=lambda name, kind: zone.get((name, kind), [])
        )
    }


def test_a_well_kept_domain_has_nothing_to_mend():
    found = findings()
    assert {what: one.state for what, one in found.items()} == dict.fromkeys(
        ("spf", "dkim", "dmarc", "alignment", "bounce_mx"), "ok"
    )
    assert (found["spf"].facts["lookups"], found["dkim"].facts["bits"], found["dmarc"].facts["policy"]) == (
        2,
        2048,
        "none",
    )


def spf(record):
    return {("bounce.shop.example", "TXT"): [record] if isinstance(record, str) else record}


@pytest.mark.parametrize(
    ("record", "state", "detail"),
    [
        ([], "missing", "spf_missing"),
        (["v=spf1 -all", "v=spf1 ~all"], "wrong", "spf_several"),
        ("v=spf1 a mx -all", "wrong", "spf_sender_not_allowed"),
        ("v=spf1 +all", "wrong", "spf_everyone"),
        ("v=spf1 ip4:192.0.2.0/24 ?all", "weak", "spf_undecided"),
        ("v=spf1 ip4:192.0.2.0/24", "weak", "spf_undecided"),
        ("v=spf1 ip4:192.0.2.0/99 -all", "wrong", "spf_broken"),
        ("v=spf1 include:gone.example -all", "wrong", "spf_broken"),
        ("v=spf1 " + "exists:%{i}.x.example " * 11 + "-all", "wrong", "spf_lookups"),
        ("v=spf1 include:bounce.shop.example -all", "wrong", "spf_lookups"),
        ("v=spf1 redirect=spf.relay.example", "ok", "spf_ok"),
        ("v=spf1 a:smtp.relay.example/24//64 -all", "ok", "spf_ok"),
        ("V=SPF1 IP4:192.0.2.9 -ALL", "ok", "spf_ok"),
        ("v=spf1 -ip4:192.0.2.9 -all", "wrong", "spf_sender_not_allowed"),
    ],
)
def test_spf_is_walked_as_a_receiver_walks_it(record, state, detail):
    found = findings(spf(record))["spf"]
    assert (found.state, found.detail) == (state, detail)


def test_the_spf_record_to_copy_lets_the_sender_in():
    assert findings(spf([]))["spf"].copy == Record("bounce.shop.example", "TXT", "v=spf1 a:smtp.relay.example ~all")
    assert findings(spf("v=spf1 mx -all"), sender="192.0.2.9")["spf"].copy.value == "v=spf1 mx ip4:192.0.2.9 -all"
    assert (
        findings(spf("v=spf1 mx -all"), sender="spf.relay.example")["spf"].copy.value
        == "v=spf1 mx include:spf.relay.example -all"
    )
    for sender in ("smtp.relay.example", "192.0.2.9", "2001:db8::1"):
        copied = findings(spf("v=spf1 mx -all"), sender=sender)["spf"].copy.value
        assert findings(spf(copied), sender=sender)["spf"].state == "ok"
    assert (
        allowing("v=spf1 redirect=x.example", "192.0.2.9", lambda *_: []) == "v=spf1 ip4:192.0.2.9 redirect=x.example"
    )


@pytest.mark.parametrize(
    ("record", "state", "detail"),
    [
        ([], "missing", "dkim_missing"),
        (["v=DKIM1; p="], "wrong", "dkim_revoked"),
        (["v=DKIM1; p=%%%"], "wrong", "dkim_no_key"),
        ([f"v=DKIM1; p={key(512)}"], "wrong", "dkim_short"),
        ([f"v=DKIM1; p={key(1024)}"], "weak", "dkim_short"),
        ([f"p={key(4096)[:100]} {key(4096)[100:]}; t=y:s"], "weak", "dkim_testing"),
        (["v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="], "weak", "dkim_ed25519_alone"),
        ([f"p={key(2048)}"] * 2, "wrong", "dkim_several"),
    ],
)
def test_a_dkim_key_must_be_there_and_long_enough(record, state, detail):
    found = findings({("s1._domainkey.shop.example", "TXT"): record})["dkim"]
    assert (found.state, found.detail) == (state, detail)


@given(st.binary(max_size=60))
def test_what_is_no_key_is_called_so(content):
    try:
        rsa_bits(base64.b64encode(content).decode())
    except NotAKey:
        pass


@pytest.mark.parametrize(
    ("domain", "records", "state", "detail", "at"),
    [
        ("shop.example", {}, "missing", "dmarc_missing", None),
        ("shop.example", {"shop.example": ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}, "wrong", "dmarc_several", None),
        ("shop.example", {"shop.example": ["v=DMARC1; rua=mailto:x@y"]}, "wrong", "dmarc_no_policy", "shop.example"),
        ("news.shop.example", {"shop.example": ["v=DMARC1; p=reject; sp=none"]}, "ok", "dmarc_ok", "shop.example"),
        ("news.shop.example", {"example": ["v=DMARC1; p=reject; psd=y"]}, "ok", "dmarc_ok", "example"),
        (
            "news.shop.example",
            {"shop.example": ["v=DMARC1; p=none; psd=n"], "example": ["v=DMARC1; p=reject"]},
            "ok",
            "dmarc_ok",
            "shop.example",
        ),
    ],
)
def test_the_dmarc_policy_is_found_by_walking_up(domain, records, state, detail, at):
    zone = {("_dmarc.shop.example", "TXT"): [], **{(f"_dmarc.{name}", "TXT"): texts for name, texts in records.items()}}
    found = findings(zone, domain=domain)["dmarc"]
    assert (found.state, found.detail, found.facts.get("at")) == (state, detail, at)
    assert state == "ok" or found.copy.value.startswith("v=DMARC1; p=none; rua=mailto:")


def test_the_walk_asks_at_most_eight_times():
    assert dmarc.steps("a.b.c.d.e.f.g.h.i.example") == [
        "a.b.c.d.e.f.g.h.i.example", "d.e.f.g.h.i.example", "e.f.g.h.i.example", "f.g.h.i.example", "g.h.i.example", "h.i.example", "i.example",
        "example"]  # fmt: skip


def test_an_envelope_sender_elsewhere_is_not_aligned():
    assert findings(host="bounce.relay.example")["alignment"].state == "weak"
    strict = {("_dmarc.shop.example", "TXT"): ["v=DMARC1; p=none; aspf=s"]}
    assert findings(strict)["alignment"].state == "weak"
    assert findings({("_dmarc.shop.example", "TXT"): []})["alignment"].state == "ok"


@pytest.mark.parametrize(
    ("changes", "state", "detail"),
    [
        ({("bounce.shop.example", "MX"): []}, "missing", "mx_missing"),
        ({("bounce.shop.example", "MX"): [], ("bounce.shop.example", "A"): ["203.0.113.5"]}, "weak", "mx_implied"),
        ({("bounce.shop.example", "MX"): ["0 ."]}, "wrong", "mx_refuses"),
        ({("mx.shop.example", "A"): []}, "wrong", "mx_leads_nowhere"),
    ],
)
def test_bounces_need_somewhere_to_go(changes, state, detail):
    found = findings(changes)["bounce_mx"]
    assert (found.state, found.detail, found.copy.kind) == (state, detail, "MX")


def test_a_silent_dns_is_no_proof_that_something_is_missing():
    def ask(name, kind):
        raise NoAnswer("timeout")

    assert {one.detail for one in check("shop.example", selector="s1", host="shop.example", ask=ask)} == {"no_answer"}


@given(st.lists(st.text(max_size=60), max_size=3))
def test_no_record_is_too_odd(texts):
    def ask(name, kind):
        return [
            *texts,
            *(
                prefix + text
                for text in texts
                for prefix in ("v=spf1 include:", "v=DMARC1;", "p=", "v=spf1 a:", "v=spf1 ip4:")
            ),
        ]

    assert len(check("shop.example", selector="s1", host="b.shop.example", sender="x.example", ask=ask)) == 5


@pytest.fixture()
def name_server():
    """A name server for one long TXT, one MX and one name that times out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve():
            while True:
                try:
                    query, sender = server.recvfrom(2_000)
                except OSError:
                    return
                asked = dns.message.from_wire(query)
                name, kind = asked.question[0].name, dns.rdatatype.to_text(asked.question[0].rdtype)
                data = {"TXT": '"v=spf1 " "-all"', "MX": "10 mx.shop.example."}.get(kind)
                if name.to_text() == "silent.example.":
                    continue
                answer = dns.message.make_response(asked)
                if data:
                    answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, data))
                server.sendto(answer.to_wire(), sender)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()


def test_the_real_resolver_joins_texts_and_tells_silence_from_absence(name_server):
    ask = resolver(0.3, server=name_server)
    assert ask("shop.example", "TXT") == ["v=spf1 -all"]
    assert ask("shop.example", "MX") == ["10 mx.shop.example"]
    assert ask("shop.example", "A") == []
    for name in ("silent.example", "a" * 70 + ".example", "a..b"):
        with pytest.raises(NoAnswer):
            ask(name, "TXT")
