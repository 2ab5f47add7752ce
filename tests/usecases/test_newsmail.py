"""`LIST-news@`: a coordinator writes, the exact preview comes back, and one word sends it once, plans it, or throws it away."""

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from listserv.store.issues import Issue, IssueState, Replies, SourceKind, Template
from listserv.store.queue import Incoming, State
from listserv.usecases import housekeeping
from tests.office import aligned

OWNER, MOD, HALINA = "Alina Zakładka <owner@example.org>", "mod@example.org", "Halina Okładka <halina@example.org>"
NEWS = "siecibp-news"
TEXT = "Dzień dobry, {imię|Szanowni Państwo}!\n\nW maju zapraszamy na warsztaty z czytania na głos, szczegóły poniżej.\n\n- poniedziałek\n- wtorek\n"


def issue_of(site):
    with site.reading() as db:
        issue = db.scalars(select(Issue).order_by(Issue.id.desc())).first()
        assert issue is not None
        _ = issue.images, issue.mlist
        return issue


def drafts(office, text=TEXT, subject="Nowości na maj", **more):
    assert office.send(OWNER, NEWS, subject, text, **{"proven": True, **more}) is State.DRAFT
    return last(office, "issue-preview")


def last(office, kind):
    return office.letters(kind=kind)[-1]


def html_of(sent):
    return sent.mail.get_body(("html",)).get_content()


def run(site):
    with site.writing() as db:
        housekeeping.run_due(db, site.now())


def test_the_preview_is_the_very_issue_and_a_word_sends_it_once(office, site):
    preview = drafts(office)
    assert preview.to == "owner@example.org" and "Do sprawdzenia" in preview.subject or "To check" in preview.subject
    assert "Dzień dobry, Alina!" in preview.text and "4" in preview.text and "- poniedziałek" in preview.text
    assert not office.posts()

    assert office.reply(preview, "WYŚLIJ") is State.ANSWERED
    (post,) = office.posts()
    assert post["Subject"] == "Nowości na maj"
    # Word for word the same, but for the reader's own name.
    shown = html_of(preview)
    assert "zapraszamy na\N{NO-BREAK SPACE}warsztaty" in shown or "zapraszamy na warsztaty" in shown
    office.reply(preview, "WYŚLIJ")
    office.reply(preview, "wyślij")
    assert len(office.posts()) == 1 and issue_of(site).state is IssueState.SENT
    assert len(office.letters(kind="issue-told")) == 3


def test_first_lines_set_what_the_issue_is(office, site):
    drafts(office, f"Temat: Co nowego\nSzablon: karty\nDo: moderatorzy\nOdpowiedzi: do mnie\n\n{TEXT}", subject="szkic")
    issue = issue_of(site)
    assert (issue.subject, issue.template, issue.segment, issue.replies) == ("Co nowego", Template.CARDS, "role:moderator", Replies.AUTHOR)
    assert issue.kind is SourceKind.MARKDOWN and issue.source.startswith("Dzień dobry") and "Temat" not in last(office, "issue-preview").text.split("---")[-1]


@pytest.mark.parametrize(("line", "told"), [("Szablon: trójkąt", "trójkąt"), ("Do: obszar Nieznany", "ieznany"), ("Odpowiedzi: nikomu", "nikomu"), ("{wiek|18}", "wiek")])
def test_what_cannot_be_made_is_said_and_the_words_come_back(office, site, line, told):
    assert office.send(OWNER, NEWS, "Nowości", f"{line}\n\n{TEXT}", proven=True) is State.ANSWERED
    letter = last(office, "issue-trouble")
    assert told in letter.text and "zapraszamy na warsztaty" in letter.text.replace("\n", " ") and not office.letters(kind="issue-preview")


def test_a_planned_issue_goes_then_and_undo_stops_it(office, site, clock):
    preview = drafts(office)
    office.reply(preview, "WYŚLIJ piątek 8:00")
    issue = issue_of(site)
    assert issue.state is IssueState.SCHEDULED and issue.at == datetime(2026, 3, 6, 7, 0, tzinfo=UTC)
    planned = last(office, "issue-told")
    assert "8.00" in planned.text or "8:00" in planned.text
    office.reply(planned, "COFNIJ")
    assert issue_of(site).state is IssueState.DRAFT
    office.reply(last(office, "issue-told"), "wyślij jutro o 9")
    clock.at = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
    run(site)
    run(site)
    assert len(office.posts()) == 1 and issue_of(site).state is IssueState.SENT
    office.reply(planned, "COFNIJ")
    assert len(office.posts()) == 1 and office.letters(kind="issue-told")[-1].subject


def test_a_correction_is_a_new_preview_and_an_older_letter_sends_nothing(office, site):
    first = drafts(office)
    office.reply(first, TEXT.replace("warsztaty", "spotkanie"))
    second = last(office, "issue-preview")
    assert "spotkanie" in second.text and issue_of(site).revision == 2
    office.reply(first, "WYŚLIJ")
    assert not office.posts() and len(office.letters(kind="issue-preview")) == 3
    office.reply(second, "Szablon: wiadomości")
    assert issue_of(site).template is Template.NEWS and "spotkanie" in issue_of(site).source
    office.reply(last(office, "issue-preview"), "Tak, wyślij")
    assert len(office.posts()) == 1


@pytest.mark.parametrize("words", ["OK", "tak", "Nie", "Wyślij, ale popraw datę", "Czy wysłać?", "WYŚLIJ kiedyś", "wyślij 31.02 8:00", "Proszę poprawić datę na 15 maja w drugim akapicie.", "Wyślij\n\nA do tego dopisz Kraków."])
def test_anything_else_asks_back_and_changes_nothing(office, site, words):
    office.reply(drafts(office), words)
    issue = issue_of(site)
    assert not office.posts() and (issue.state, issue.revision) == (IssueState.DRAFT, 1)
    assert words.split("\n")[0] in last(office, "issue-unclear").text.replace("\n    ", " ")
    office.reply(last(office, "issue-unclear"), "WYŚLIJ\n\nPozdrawiam\nAlina Zakładka")
    assert len(office.posts()) == 1


def test_a_discarded_draft_comes_home_and_is_never_sent(office, site):
    preview = drafts(office)
    office.reply(preview, "ODRZUĆ")
    assert "zapraszamy na warsztaty" in last(office, "issue-told").text.replace("\n", " ")
    office.reply(preview, "WYŚLIJ")
    assert not office.posts() and issue_of(site).state is IssueState.DISCARDED


def test_a_trial_comes_to_the_coordinator_alone(office, site):
    preview = drafts(office)
    office.reply(preview, "PRÓBA")
    (trial,) = office.letters(kind="issue-trial")
    assert trial.to == "owner@example.org" and "Dzień dobry, Alina!" in trial.text and not office.posts()
    assert office.reply(preview, "WYŚLIJ") is State.ANSWERED and len(office.posts()) == 1


@pytest.mark.parametrize("sender", [HALINA, "ktos@stranger.example.org"])
def test_anybody_elses_letter_reaches_the_coordinators_and_is_answered(office, site, sender):
    assert office.send(sender, NEWS, "Ogłoszenie", TEXT, proven=True) is State.FORWARDED
    assert {one.to for one in office.letters(kind="contact")} == {"owner@example.org", "mod@example.org"}
    assert "siecibp-news@lists.example.org" in last(office, "issue-not-yours").text
    with site.reading() as db:
        assert not db.scalars(select(Issue)).all()


def test_a_forged_draft_is_none(office, site):
    assert office.send(OWNER, NEWS, "Nowości", TEXT, proven=False) is State.FORWARDED
    with site.reading() as db:
        assert not db.scalars(select(Issue)).all() and not office.letters(kind="issue-preview")


def test_a_word_that_nobody_vouches_for_is_asked_about_once(office, site):
    preview = drafts(office, proven=None)
    office.reply(preview, "WYŚLIJ", proven=None)
    assert not office.posts()
    office.reply(last(office, "issue-confirm"), "WYŚLIJ", proven=None)
    assert len(office.posts()) == 1


def test_somebody_else_with_the_letter_decides_nothing(office, site):
    preview = drafts(office)
    for sender, proven in ((HALINA, True), (OWNER, False), ("ktos@stranger.example.org", None)):
        office.reply(preview, "WYŚLIJ", sender=sender, proven=proven)
    assert not office.posts() and issue_of(site).state is IssueState.DRAFT


def test_html_with_a_picture_keeps_its_meaning_and_no_remote_pictures(office, site):
    mail = EmailMessage(policy=email.policy.SMTP)
    for name, value in {"From": OWNER, "To": f"{NEWS}@lists.example.org", "Subject": "Nowości", "Message-ID": "<html@example.org>", "Date": "Tue, 03 Mar 2026 10:00:00 +0100"}.items():
        mail[name] = value
    mail.set_content("Szablon: wiadomości\n\nWarsztaty\n\nZapraszamy wszystkich chętnych.\n")
    page = '<div>Szablon: <b>wiadomości</b></div><div><br></div><h2>Warsztaty</h2><div>Zapraszamy <b style="color:red">wszystkich</b> chętnych, <a href="https://example.org/p?utm_source=x">tutaj</a>.</div><img src="cid:plakat" alt="Plakat"><img src="https://evil.example/pixel.gif" width=1>'
    mail.add_alternative(page, subtype="html")
    mail.get_payload()[1].add_related(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\2\x58\0\0\1\x90", "image", "png", cid="<plakat>", filename="plakat.png")
    assert office.deliver(aligned(mail.as_bytes()), f"{NEWS}@lists.example.org") is State.DRAFT
    issue, preview = issue_of(site), last(office, "issue-preview")
    shown = html_of(preview)
    assert issue.kind is SourceKind.HTML and issue.template is Template.NEWS and [image.cid for image in issue.images] == ["plakat"]
    assert f"/siecibp/news/picture/{issue.key}/1" in shown and "evil.example" not in shown and "utm_source" not in shown and "color:red" not in shown
    assert "Szablon" not in shown.split("<h1")[1] and ">Warsztaty</h2>" in shown


def test_a_quotation_is_part_of_a_draft_and_a_signature_is_not(office, site):
    drafts(office, "Dzień dobry!\n\n> Czytanie jest najważniejsze.\n\nPozdrawiamy wszystkich.\n\n-- \nAlina Zakładka\ntel. 600 100 200\n")
    assert issue_of(site).source == "Dzień dobry!\n\n> Czytanie jest najważniejsze.\n\nPozdrawiamy wszystkich."


def test_the_same_mail_twice_is_one_draft(office, site):
    from tests.office import mail

    raw = aligned(mail(OWNER, f"{NEWS}@lists.example.org", "Nowości", TEXT))
    for _ in range(2):
        office.deliver(raw, f"{NEWS}@lists.example.org")
    with site.reading() as db:
        assert len(db.scalars(select(Issue)).all()) == 1
        assert [one.state for one in db.scalars(select(Incoming).order_by(Incoming.id))] == [State.DRAFT, State.DISCARDED]
