"""Tables of addresses, encoded words and subjects that others made: where we read otherwise, it is said here why."""

import json
from collections import Counter

import pytest

from listserv.errors import Invalid
from listserv.mail import fields
from listserv.mail.mailboxes import mailboxes
from listserv.mail.subject import base_subject
from listserv.usecases import administration
from tests.corpus import corpus

pytestmark = corpus.needed

# is_email reads one address by the letter of the RFCs; we read a From field as it comes, and take what a reply would reach.
ISEMAIL = {
    "DOT_START": "dots may stand anywhere in the local part: Japanese mobile providers gave out such addresses",
    "DOT_END": "as DOT_START; and a domain may end in the root's dot, which we take off",
    "UNCLOSEDQUOTEDSTR": "a lone quotation mark belongs to the name, and many programs lose the second one",
    "ATEXT_AFTER_CFWS": "words, a comment, and an address: the words are a name",
    "CR_NO_LF": "a field is unfolded before it is read; white space around an address is nothing",
    "FWS_CRLF_END": "as CR_NO_LF",
    "FWS_CRLF_X2": "as CR_NO_LF",
    "EXPECTING_QPAIR": "letters beyond ASCII may be quoted since RFC 6532",
    "DEPREC_LOCALPART": "obsolete: quoted and bare words mixed in one local part (RFC 5322 section 4.4); nobody has such an address",
    "DOMLIT_OBSDTEXT": "obsolete: control characters and escapes in a domain literal",
    "RFC5322_TOOLONG": "longer than DNS or SMTP can carry: nobody can be reached there",
    "RFC5322_DOMAIN_TOOLONG": "as TOOLONG",
    "RFC5322_DOMAIN": "a domain with signs that DNS names of hosts do not have",
}
# By their place in the list.
FLANKER = {
    81: "dots: see DOT_START",
    92: "dots",
    93: "dots",
    96: "dots",
    104: "dots",
    105: "dots",
    106: "dots",
    101: "the root's dot is taken off",
    117: "the root's dot is taken off",
    88: "words before an address are a name",
    110: "a comment may stand there (RFC 5322 section 3.4.1)",
    111: "a closing bracket too many is nothing",
    119: "whether an A-label can be decoded is not asked of an author",
    27: "stated valid: a domain with a sign that no host name has",
    168: "in that list a local part alone is meant; it is an address",
}
# With or without a name, in quotes, or of a reserved domain: that depends on options, and these are ours.
VALIDATOR = {"test_email_valid_intl_local_part": True, "test_email_invalid_syntax": False, "test_email_unsafe_character": False}
STALWART_ADDRESSES = {
    "resources/address.json[10]": "what stands behind the end of a group in brackets is nobody",
    "resources/address.json[13]": "the route of RFC 822 is taken off, and blanks around dots",
    "resources/address.json[14]": "comments and blanks are taken out of an address",
    "resources/address.json[40]": "mailto: is taken off",
    "resources/address.json[43]": "mailto: is taken off, and a link is nobody",
    "resources/address.json[44]": "as 43",
    "resources/address.json[47]": "as 40",
}


def cases(suite):
    return json.loads((corpus.CORPUS / "G-addresses" / "cases" / f"{suite}.json").read_bytes())["cases"]


def as_parsed(text):
    """Text as the parser keeps a field's value: bytes beyond ASCII as lone surrogates."""
    return text.encode("utf-8", "surrogatepass").decode("ascii", "surrogateescape")


def read(text):
    """The one address in it, or None."""
    found = mailboxes([as_parsed(text)])
    return found[0].address if len(found) == 1 else None


def test_addresses_are_read_as_is_email_says():
    odd = Counter()
    for case in cases("isemail"):
        if (read(case["address"]) is not None) != (case["category"] != "ISEMAIL_ERR"):
            odd[next((name for name in ISEMAIL if case["diagnosis"].endswith(name)), case["address"])] += 1
    assert set(odd) <= set(ISEMAIL)
    assert odd.total() <= 20


def test_addresses_are_read_as_flanker_says():
    odd = set()
    for number, case in enumerate(cases("flanker")):
        if case["list"] in ("mailbox_valid", "mailbox_invalid", "abridged_localpart_invalid") and (read(case["input"]) is not None) != case["valid"]:
            odd.add(number)
    assert odd <= set(FLANKER)


def test_local_parts_that_flanker_takes_make_addresses():
    for case in cases("flanker"):
        if case["list"] == "abridged_localpart_valid":
            address = f"{case['input']}@example.org"
            assert read(address) == address


def test_encoded_words_are_read_as_flanker_says():
    for case in cases("flanker"):
        if case["list"] == "rfc2047_decode":
            # White space is one blank with us: a header is one line.
            assert fields.line(as_parsed(case["input"])) == " ".join(case["expected"].split())


def people(stated):
    """Of stalwart's lists and groups the addresses."""
    (of_kind,) = stated.values()
    return [each["address"] for group in of_kind for each in group.get("addresses", [group])]


def test_fields_are_read_as_stalwart_says():
    for case in cases("stalwart"):
        if case["table"] == "address" and case["source"] not in STALWART_ADDRESSES:
            found = mailboxes([as_parsed(case["header"].replace("\n", ""))])
            assert [each.address for each in found] == people(case["expected"]), case["source"]


def test_new_members_addresses_are_checked_as_email_validator_says():
    """The check is that library's; white space around an address, of a form or a CSV file, is nothing to us."""
    odd = [case["input"] for case in cases("email-validator") if case["test"] in VALIDATOR and is_taken(case["input"]) != VALIDATOR[case["test"]]]
    assert [text for text in odd if text == text.strip()] == []


def is_taken(text):
    try:
        return bool(administration.checked_email(text))
    except Invalid:
        return False


def test_subjects_lose_the_prefixes_that_zulip_takes_off():
    for case in cases("zulip-subjects"):
        assert base_subject(case["original_subject"]) == case["stripped_subject"]


@pytest.mark.parametrize("suite", ["isemail", "flanker", "email-validator", "stalwart"])
def test_no_case_makes_a_second_line(suite):
    for case in cases(suite):
        text = as_parsed(case.get("input") or case.get("address") or case.get("header", "").replace("\n", ""))
        values = [fields.line(text), fields.message_id(text), *fields.parameters(text).values()]
        values += [part for mailbox in mailboxes([text]) for part in (mailbox.name, mailbox.address)]
        assert all(value.isprintable() or not set(value) & set("\r\n\0\x1b") for value in values)
