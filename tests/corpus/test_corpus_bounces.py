"""Bounces, reports and what must not be taken for them: every file of B-bounces with an expectation."""

import pytest

from listserv.mail import bouncekinds, bounces
from listserv.mail.bouncekinds import HARD, Kind
from listserv.mail.parse import parse
from tests.corpus.corpus import items, needed, read

pytestmark = needed


@pytest.fixture(scope="module")
def results():
    """Of each file: its expectation, the kind of mail, the failures in it."""
    found = []
    for item in items("B-bounces"):
        raw = read("B-bounces", item["file"])
        found.append((item["file"], item["expected"] or {}, parse(raw).automatic, bounces.read(raw)))
    return found


def share(pairs):
    """The part that is right, and the names of the rest."""
    pairs = list(pairs)
    assert len(pairs) > 20
    wrong = [name for name, right in pairs if not right]
    return 1 - len(wrong) / len(pairs), wrong


def test_bounces_are_detected(results):
    part, missed = share((name, bool(failures)) for name, wanted, _, failures in results if wanted.get("is_bounce") is True)
    assert part >= 0.97, missed


def test_the_addresses_are_exact(results):
    def stated(wanted):
        if "permanent" in wanted:
            return {*wanted["permanent"], *wanted["temporary"]} if wanted.get("is_bounce") else None
        return set(wanted.get("derived_final_recipients", ())) or None

    pairs = [(name, {f.address.lower() for f in failures}, stated(wanted)) for name, wanted, _, failures in results]
    part, missed = share((name, found == {one.lower() for one in wanted}) for name, found, wanted in pairs if wanted)
    assert part >= 0.97, missed


def test_permanent_and_temporary_are_told_apart(results):
    def pairs():
        for name, wanted, _, failures in results:
            if not wanted.get("is_bounce"):
                continue
            by_address = {failure.address.lower(): failure.permanent for failure in failures}
            for kind, permanent in (("permanent", True), ("temporary", False)):
                yield from ((name, by_address.get(address.lower()) is permanent) for address in wanted.get(kind, ()))
            for number, one in enumerate(wanted.get("sisimai", ())):
                if (one.get("status") or "")[:1] in ("4", "5"):
                    yield name, len(failures) > number and failures[number].permanent is one["status"].startswith("5")

    part, missed = share(pairs())
    assert part >= 0.92, missed


def test_what_is_no_bounce_is_none_of_them(results):
    must_not = [(name, kind, failures) for name, wanted, kind, failures in results if wanted.get("is_bounce") is False]

    assert len(must_not) >= 20
    assert [name for name, kind, failures in must_not if failures or kind == "bounce"] == []
    # All of them but the two that people wrote are machines'.
    assert [name for name, kind, _ in must_not if kind is None] == ["sisimai/is-not-bounce-01.eml", "sisimai/is-not-bounce-02.eml"]


def test_refusals_of_the_sender_are_told_from_those_of_the_recipient(results):
    """Sisimai's reasons, where they leave no doubt."""
    whose = {"authfailure": True, "spamdetected": True, "policyviolation": True, "badreputation": True, "userunknown": False, "mailboxfull": False, "hostunknown": False}
    pairs = []
    for name, wanted, _, failures in results:
        for failure, one in zip(failures, wanted.get("sisimai", ()), strict=False):
            if one.get("reason") in whose and failure.diagnostic and len(failures) == len(wanted["sisimai"]):
                pairs.append((f"{name}: {one['reason']} {failure.status} {failure.diagnostic[:80]}", failure.policy is whose[one["reason"]]))
    part, missed = share(pairs)
    assert part >= 0.92, "\n".join(missed)


# What speaks of us or of the mail, as the corpus has it; and what speaks of a mailbox that is not there.
NOT_THEIRS = {"authfailure", "badreputation", "blocked", "contenterror", "emailtoolarge", "mesgtoobig", "norelaying", "notcompliantrfc", "policyviolation"} | {
    *("rejected", "requireptr", "securityerror", "spamdetected", "toomanyconn", "systemerror", "networkerror", "expired"),
}
THEIRS = {"userunknown", "hostunknown", "suspend", "hasmoved"}


def kinds(results, reasons):
    """The files with one recipient for one of these reasons: what it comes to."""
    for name, wanted, _, failures in results:
        given = wanted.get("sisimai") or ()
        if len(failures) == len(given) == 1 and given[0]["reason"] in reasons:
            one = failures[0]
            yield name, bouncekinds.kind(one.status, one.diagnostic, permanent=one.permanent, given_up=one.given_up)


def test_who_is_not_to_blame_is_never_certainly_gone(results):
    # A domain that nobody finds in the DNS is told as trouble of the network.
    wrong = [name for name, found in kinds(results, NOT_THEIRS) if found in (Kind.GONE, Kind.DISABLED)]
    assert wrong == []


def test_addresses_that_are_gone_are_known(results):
    part, missed = share((name, found in HARD) for name, found in kinds(results, THEIRS))
    assert part >= 0.7, missed


def test_what_is_our_own_fault_is_known(results):
    part, missed = share((name, found is Kind.POLICY) for name, found in kinds(results, {"authfailure", "spamdetected", "requireptr", "securityerror", "rejected"}))
    assert part >= 0.85, missed
