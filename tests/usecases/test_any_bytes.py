"""Any bytes at all, through the real intake, on both databases: one visible state, and nothing that a column was not made for."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import String, func, select

from listserv.mail.parse import identify
from listserv.store.archive import Message
from listserv.store.queue import Incoming, State, raw_bytes
from listserv.store.schema import metadata
from tests.office import mail
from tests.sampling import often

LIST, BOUNCES, MODERATORS, REQUEST = (f"{local}@lists.example.org" for local in ("siecibp", "siecibp-bounces", "moderator_siecibp", "siecibp-request"))
LONG = "ż" * 3_000
NAMES = ("From", "To", "Subject", "Message-ID", "References", "In-Reply-To", "Date", "Reply-To", "Content-Type", "Auto-Submitted", "Content-Language")


def whole(site):
    """No column of a text that says how long it may become holds a longer one."""
    with site.reading() as db:
        for table in metadata.sorted_tables:
            for column in table.c:
                if isinstance(column.type, String) and column.type.length:
                    longest = db.scalar(select(func.max(func.length(column)))) or 0
                    assert longest <= column.type.length, (table.name, column.name, longest)


def last_state(site, raw):
    """The state of the newest mail, which was kept byte for byte and took one attempt."""
    with site.reading() as db:
        row = db.scalars(select(Incoming).order_by(Incoming.id.desc()).limit(1)).one()
        assert raw_bytes(db, row.raw_id) == raw
        assert (row.attempts, row.trouble, row.due) == (1, "", None)
        return row.state


def field(value):
    return value.replace("\r", " ").replace("\n", " ")


def letters(limit):
    """Text that mail programs do not write: any code point, halves of pairs and NUL among them."""
    return some.text(some.characters(), max_size=limit)


ANY_FIELDS = some.lists(some.tuples(some.sampled_from(NAMES), letters(60) | some.just(LONG)), max_size=8)
ANY_MAIL = some.binary(max_size=300) | some.builds(
    lambda fields, body: b"".join(f"{name}: {field(value)}\r\n".encode("utf-8", "surrogatepass") for name, value in fields) + b"\r\n" + body,
    ANY_FIELDS,
    some.binary(max_size=300) | letters(100).map(lambda text: text.encode("utf-8", "surrogatepass")),
)


@settings(max_examples=often(40), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(raw=ANY_MAIL.filter(bool), member=some.booleans(), sender=letters(20), rcpt=some.sampled_from((LIST, BOUNCES, MODERATORS, REQUEST)))
def test_any_bytes_end_in_one_visible_state(office, site, raw, member, sender, rcpt):
    raw = b"From: Halina <halina@example.org>\r\n" + raw if member else raw

    state = office.deliver(raw, rcpt, mail_from=sender)

    assert state not in (State.PENDING, State.SHUNTED)
    assert last_state(site, raw) is state
    whole(site)


HOSTILE = {
    "a long subject": {"subject": LONG},
    "a long name": {"sender": f'"{LONG}" <halina@example.org>'},
    "a name alone": {"sender": LONG},
    "a long address": {"sender": f"{'a' * 300}@example.org"},
    "an address that grows when it is folded": {"sender": f"{'ß' * 300}@example.org"},
    "a domain that grows in ASCII": {"sender": f"a@{'.'.join(['żółw' * 10] * 7)}"},
    "an id of the longest line": {"message_id": f"<{'a' * 985}@b>"},
    "an id beyond ASCII": {"message_id": f"<{'żółw' * 220}@b>"},
    "ids beyond ASCII": {"references": " ".join(f"<{'żółw' * 220}{n}@b>" for n in range(30))},
    "ids that nothing makes shorter": {"references": " ".join(f"<{''.join(chr(0x4E00 + (n * 7919 + k * k * 104729) % 20000) for k in range(299))}@b>" for n in range(20))},
    "ten thousand ids": {"references": " ".join(f"<{n}@b>" for n in range(10_000))},
    "the year 1": {"date": "Mon, 01 Jan 0001 00:00:00 +1400"},
    "the year 9999": {"date": "Fri, 31 Dec 9999 23:59:59 -1200"},
    "NUL in the text": {"text": "a\0b\n"},
    "a half of a pair": {"subject": "=?utf-8?q?=ED=A0=80?="},
    "a language that never ends": {"content_language": "x" * 500},
    "nobody": {"sender": None},
}


@pytest.mark.sampled(1, each="case")
@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize("rcpt", [LIST, MODERATORS, REQUEST])
def test_what_is_too_long_or_too_odd_is_kept_all_the_same(office, site, case, rcpt):
    fields = {"sender": "Halina <halina@example.org>", **HOSTILE[case]}
    raw = written(fields.pop("sender"), rcpt, fields.pop("text", "Dzień dobry.\n"), fields)

    state = office.deliver(raw, rcpt)

    assert last_state(site, raw) is state is not State.SHUNTED
    whole(site)


def written(sender, to, text, fields):
    """A mail whose fields stand as they are: no library would write them."""
    values = {"From": sender, "To": to, "Subject": "Pytanie", "Message-ID": "<a@example.org>"}
    values |= {name.replace("_", "-").title().replace("-Id", "-ID"): value for name, value in fields.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in values.items() if value is not None)
    return head.encode() + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + text.encode()


def test_a_type_and_a_file_name_that_never_end(office, site):
    part = f'--b\r\nContent-Type: {"x" * 200}/{"y" * 900}\r\nContent-Disposition: attachment; filename="{LONG}"\r\n\r\nx\r\n--b--\r\n'
    raw = b'From: halina@example.org\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n' + part.encode()

    assert office.deliver(raw, LIST) is State.POSTED
    assert last_state(site, raw) is State.POSTED
    whole(site)


def test_a_bounce_whose_words_never_end(office, site):
    report = f"Final-Recipient: rfc822; {'a' * 400}@example.org\r\nAction: failed\r\nStatus: 5.{'1' * 300}.1\r\nDiagnostic-Code: smtp; {LONG}\r\n"
    raw = b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n'
    raw += b"Reporting-MTA: dns; example.org\r\n\r\n" + report.encode() + b"\r\n--b--\r\n"

    office.deliver(raw, BOUNCES, mail_from="")

    assert last_state(site, raw) in (State.BOUNCE, State.DISCARDED)
    whole(site)


def test_an_envelope_that_never_ends(office, site):
    raw = mail("halina@example.org", LIST)

    office.deliver(raw, f"{'r' * 500}@lists.example.org", mail_from="\0\udcff" + "ż" * 500)

    assert last_state(site, raw) is State.REFUSED
    whole(site)


def test_ids_that_no_index_would_take_are_made_from_the_bytes(office, site):
    raw = written("halina@example.org", LIST, "Dzień dobry.", {"message_id": f"<{'żółw' * 220}@b>"})

    office.deliver(raw, LIST)

    with site.reading() as db:
        assert db.scalar(select(Message.message_id)) == identify(raw)
    assert identify(raw).endswith("@made.invalid")
