"""Answers to the letters about an issue: only a clear word sends, replaces or destroys; anything else stops what is planned."""

import email
import email.policy
import textwrap
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from listserv import links
from listserv.store.issues import Issue, IssueState
from listserv.store.lists import list_by_name
from listserv.store.members import Role, member_by_key
from listserv.store.queue import State
from listserv.usecases import housekeeping, issueletters, outbox
from tests.office import aligned, mail

OWNER, MOD, HALINA = "Alina Zakładka <owner@example.org>", "mod@example.org", "Halina Okładka <halina@example.org>"
NEWS = "siecibp-news"
TEXT = "Dzień dobry, {imię|Szanowni Państwo}!\n\nW maju zapraszamy na warsztaty z czytania na głos, szczegóły poniżej.\n\n- poniedziałek\n- wtorek\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x64\x00\x00\x00\x32\x08\x06\x00\x00\x00" + b"x" * 40


def issue_of(site):
    with site.reading() as db:
        issue = db.scalars(select(Issue).order_by(Issue.id.desc())).first()
        _ = [image.name for image in issue.images], issue.mlist
        return issue


def last(office, kind):
    return office.letters(kind=kind)[-1]


def has(letter, *phrases):
    """Does it say this, in whichever language?"""
    return any(phrase in " ".join(letter.text.split()) for phrase in phrases)


def drafted(office, text=TEXT, subject="Nowości na maj", **more):
    assert office.send(OWNER, NEWS, subject, text, **{"proven": True, **more}) is State.DRAFT
    return last(office, "issue-preview")


def planned(office):
    office.reply(drafted(office), "WYŚLIJ piątek 8:00")
    return last(office, "issue-told")


def on_friday(office, site, clock):
    """Has it gone out at its hour?"""
    clock.at = datetime(2026, 3, 6, 8, 0, tzinfo=UTC)
    with site.writing() as db:
        housekeeping.run_due(db, site.now())
    return len(office.posts())


def with_files(to, words, *files, answers=None, html=""):
    """A reply with files: (name, type, bytes, cid or None)."""
    made = EmailMessage(policy=email.policy.SMTP)
    fields = {"From": OWNER, "To": to, "Subject": "Odp: Nowości", "Date": "Tue, 03 Mar 2026 10:00:00 +0100", "Message-ID": f"<{len(words)}.{len(files)}.{id(made)}@example.org>"}
    for name, value in (fields | ({"In-Reply-To": answers} if answers else {})).items():
        made[name] = value
    made.set_content(words)
    shown = [one for one in files if one[3]]
    if shown or html:
        made.add_alternative(html or f"<p>{words}</p>" + "".join(f'<img src="cid:{one[3]}">' for one in shown), subtype="html")
        for name, kind, data, cid in shown:
            made.get_payload()[1].add_related(data, *kind.split("/"), cid=f"<{cid}>", filename=name)
    for name, kind, data, _ in (one for one in files if not one[3]):
        made.add_attachment(data, *kind.split("/"), filename=name)
    return aligned(made.as_bytes())


def answer_with(office, letter, words, *files):
    to = str(letter.mail["Reply-To"])
    return office.deliver(with_files(to, words, *files, answers=str(letter.mail["Message-ID"])), to)


@pytest.mark.parametrize("words", ["COFNIJ\n\nJest błąd w dacie.", "Jeszcze nie", "WYŚLIJ kiedy indziej", "Szablon: trójkąt", "Proszę poprawić datę."])
def test_whatever_is_no_yes_stops_what_is_planned_and_says_so(office, site, clock, words):
    office.reply(planned(office), words)
    issue = issue_of(site)
    assert (issue.state, issue.at) == (IssueState.DRAFT, None) and not on_friday(office, site, clock)
    assert has(office.new_letters()[-1], "draft again", "szkic")


@pytest.mark.parametrize("words", ["OK", "Dziękuję!", "👍", "Tak"])
def test_a_yes_or_thanks_leaves_the_plan_and_is_answered(office, site, clock, words):
    office.reply(planned(office), words)
    assert issue_of(site).state is IssueState.SCHEDULED and [one.kind for one in office.letters()].count("issue-told") == 2
    assert on_friday(office, site, clock) == 1


@pytest.mark.parametrize(("sender", "proven"), [(OWNER, None), (OWNER, False), (HALINA, True)])
def test_to_stop_the_address_is_proof_enough(office, site, clock, sender, proven):
    office.reply(planned(office), "Nie wysyłaj, jest błąd!", sender=sender, proven=proven)
    assert issue_of(site).state is IssueState.DRAFT and last(office, "issue-told").to == "owner@example.org"


def test_whoever_planned_it_hears_who_stops_it(office, site):
    preview = drafted(office)
    office.reply(preview, "WYŚLIJ piątek 8:00")
    with site.writing() as db:
        issue = db.get(Issue, issue_of(site).id)
        issueletters.told(db, issue, MOD, site.now(), outbox.ACT, "planned")
    office.reply(office.letters(to=MOD, kind="issue-told")[-1], "COFNIJ", sender=MOD)
    assert issue_of(site).state is IssueState.DRAFT and {one.to for one in office.letters(kind="issue-told")[-2:]} == {MOD, "owner@example.org"}


def test_a_mail_that_comes_twice_and_an_older_word_do_nothing(office, site):
    preview = drafted(office)
    to = str(preview.mail["Reply-To"])
    word = mail(OWNER, to, "Odp: Nowości", "WYŚLIJ piątek 8:00", message_id="<w@example.org>")
    office.deliver(aligned(word), to)
    office.reply(last(office, "issue-told"), "COFNIJ")
    assert office.deliver(b"Received: from a by b; Tue, 3 Mar 2026 10:00:00 +0100\r\n" + aligned(word), to) is State.DISCARDED
    office.reply(preview, "WYŚLIJ jutro o 9")
    assert issue_of(site).state is IssueState.DRAFT and has(last(office, "issue-preview"), "changed since", "zmieni") and not office.posts()


@pytest.mark.parametrize("words", ["ODRZUĆ", TEXT.replace("maju", "czerwcu"), "Temat: Inny"])
def test_a_word_about_an_older_revision_shows_the_newer_one(office, site, words):
    first = drafted(office)
    office.reply(first, TEXT.replace("warsztaty", "spotkanie"))
    office.reply(first, words)
    issue, shown = issue_of(site), last(office, "issue-preview")
    assert (issue.state, issue.revision, issue.subject) == (IssueState.DRAFT, 2, "Nowości na maj") and "spotkanie" in issue.source and "spotkanie" in shown.text
    assert words == "ODRZUĆ" or "    " + words.split("\n")[0].replace("{imię|Szanowni Państwo}", "")[:12] in shown.text


def test_below_a_first_line_neither_a_word_nor_a_signature_is_the_text(office, site):
    letter = drafted(office)
    source = issue_of(site).source
    for words in ("Temat: Majówka\n\nWYŚLIJ", "Do: moderatorzy\nWYŚLIJ", "Szablon: karty\n\nPozdrawiam\nAlina Zakładka\nBiblioteka Pedagogiczna w Krakowie\ntel.", "Temat: Nowy\n\nDziękuję!"):
        office.reply(letter, words)
        assert issue_of(site).source == source and not office.posts()
        letter = last(office, "issue-preview")
    issue = issue_of(site)
    assert (issue.subject, issue.segment, issue.template) == ("Nowy", "role:moderator", "cards") and not has(letter, "left aside", "pominięt")


def test_a_new_text_is_said_to_be_one(office, site):
    office.reply(drafted(office), "Nowy tekst:\n\nCałkiem co innego, bez warsztatów.")
    assert issue_of(site).source == "Całkiem co innego, bez warsztatów." and has(last(office, "issue-preview"), "by their names", "po imieniu")


def test_pictures_of_an_answer_stay_what_they_are(office, site):
    office.deliver(with_files(f"{NEWS}@lists.example.org", TEXT, ("plakat.png", "image/png", PNG, None)), f"{NEWS}@lists.example.org")
    answer_with(office, last(office, "issue-preview"), "Temat: Nowy temat", ("image001.png", "image/png", PNG + b"logo", "logo"))
    issue = issue_of(site)
    assert [one.name for one in issue.images] == ["plakat.png"] and issue.subject == "Nowy temat"
    answer_with(office, last(office, "issue-preview"), "WYŚLIJ", ("PLAKAT.png", "image/png", PNG + b"new", None), ("mapa.png", "image/png", PNG + b"map", None))
    issue = issue_of(site)
    assert [one.name for one in issue.images] == ["PLAKAT.png", "mapa.png"] and not office.posts() and has(last(office, "issue-preview"), "left aside", "pominięt")
    answer_with(office, last(office, "issue-preview"), "WYŚLIJ", ("image001.png", "image/png", PNG + b"logo", "logo"))
    assert len(office.posts()) == 1


def test_words_that_come_too_late_come_back(office, site):
    preview = drafted(office)
    office.reply(preview, "WYŚLIJ")
    office.reply(preview, TEXT.replace("warsztaty", "spotkanie"))
    told = last(office, "issue-told").text
    assert "spotkanie" in told and "siecibp-news@lists.example.org" in told and len(office.posts()) == 1


def test_copies_that_have_not_left_can_be_stopped_still(office, site):
    preview = drafted(office)
    office.reply(preview, "WYŚLIJ")
    office.reply(preview, "COFNIJ", proven=None)
    office.reply(last(office, "issue-confirm"), "TAK", proven=None)
    assert has(last(office, "issue-told"), "0 copies", "0 egzemplarzy")


def test_an_unproven_word_is_shown_and_one_yes_repeats_it(office, site):
    preview = drafted(office, proven=None)
    office.reply(preview, TEXT.replace("warsztaty", "spotkanie"), proven=None)
    asked = last(office, "issue-confirm")
    assert asked.to == "owner@example.org" and "spotkanie" in asked.text and issue_of(site).revision == 1
    office.reply(asked, "TAK", proven=None)
    assert "spotkanie" in issue_of(site).source
    office.reply(last(office, "issue-preview"), "WYŚLIJ", proven=None)
    office.reply(last(office, "issue-confirm"), "WYŚLIJ", proven=None)
    assert len(office.posts()) == 1


def test_a_forged_word_can_be_repeated_by_nobody_else(office, site):
    preview = drafted(office)
    office.reply(preview, "WYŚLIJ", sender=HALINA)
    office.reply(last(office, "issue-confirm"), "TAK", sender=HALINA)
    assert not office.posts()


def test_thanks_and_a_yes_to_a_draft_send_nothing_and_are_answered(office, site):
    preview = drafted(office)
    for words, kind in (("Dziękuję!", "issue-told"), ("👍", "issue-unclear"), ("Super, dzięki!", "issue-unclear")):
        office.reply(preview, words)
        assert office.letters()[-1].kind == kind
    assert not office.posts() and issue_of(site).revision == 1


@pytest.mark.parametrize("to", [f"{NEWS}@lists.example.org", "moderator_siecibp@lists.example.org"])
def test_an_answer_that_goes_astray_is_an_answer_all_the_same(office, site, to):
    preview = drafted(office)
    office.deliver(aligned(mail(OWNER, to, "Odp: Nowości", "WYŚLIJ", in_reply_to=str(preview.mail["Message-ID"]))), to)
    assert len(office.posts()) == 1
    with site.reading() as db:
        assert len(db.scalars(select(Issue)).all()) == 1


def test_the_trial_is_answered_like_the_preview(office, site):
    office.reply(drafted(office), "PRÓBA")
    office.reply(last(office, "issue-trial"), "WYŚLIJ")
    assert len(office.posts()) == 1


def test_a_draft_that_is_a_word_is_none_and_undo_stops_what_is_planned(office, site):
    assert office.send(OWNER, NEWS, "Nowości", "WYŚLIJ", proven=True) is State.ANSWERED and not office.letters(kind="issue-preview")
    planned(office)
    office.send(OWNER, NEWS, "STOP", "Nie wysyłajcie, jest błąd!", proven=True)
    assert issue_of(site).state is IssueState.DRAFT


def test_the_draft_too_many_of_an_hour_is_given_back(office, site):
    for number in range(8):
        office.send(OWNER, NEWS, f"Nowości {number}", f"{TEXT}\n{number}", proven=None)
    (trouble,) = office.letters(kind="issue-trouble")
    assert trouble.to == "owner@example.org" and "zapraszamy" in trouble.text and len(office.letters(kind="issue-preview")) == 6


def test_a_day_that_is_just_over_is_not_planned_for_next_year(office, site):
    office.reply(drafted(office), "WYŚLIJ 2 marca")
    assert issue_of(site).state is IssueState.DRAFT and has(last(office, "issue-trouble"), "over already", "minęła")


def test_a_correction_in_the_quotation_is_asked_about_once(office, site):
    preview = drafted(office)
    quotation = "\n".join(f"> {line}" for line in preview.text.replace("\r", "").split("\n"))
    office.reply(preview, "WYŚLIJ piątek 8:00\n\nwt., 3 mar 2026 o 10:00 Sieć BP <moderator_siecibp@lists.example.org> napisał(a):\n" + quotation)
    assert issue_of(site).state is IssueState.SCHEDULED
    answer = "\n\nwt., 3 mar 2026 o 10:00 Sieć BP <moderator_siecibp@lists.example.org> napisał(a):\n" + quotation.replace("warsztaty", "SPOTKANIE")
    office.reply(preview, "WYŚLIJ" + answer)
    shown = last(office, "issue-preview")
    assert not office.posts() and issue_of(site).state is IssueState.DRAFT and has(shown, "spotkanie")
    office.reply(shown, "WYŚLIJ" + answer)
    assert len(office.posts()) == 1


RICH = "Szablon: {}\n\n{}\n# Warsztaty w maju\n\n**Zapraszamy** na [warsztaty](https://example.org/a?b=1), https://example.org/x.\n\n1. pon\n2. wt\n\n| Dzień | Godzina |\n|---|---|\n| pon | 10 |\n\n> Cytat.\n\nDo zobaczenia w bibliotece przy ulicy Szkolnej."
GMAIL = "WYŚLIJ\n\nwt., 3 mar 2026 o 10:00 Sieć BP <m@example.org>\nnapisał(a):\n\n"
OUTLOOK = "<p>WYŚLIJ</p><p>Pozdrawiam<br>Alina Zakładka</p><div style='border-top:solid 1pt'><p><b>From:</b> Sieć BP &lt;m@example.org&gt;<br><b>Sent:</b> Tuesday, March 3, 2026 10:00 AM<br><b>To:</b> owner@example.org<br><b>Subject:</b> Do sprawdzenia: „Nowości na maj”</p></div>"


@pytest.mark.parametrize("template", ["list", "wiadomości", "karty"])
def test_as_programs_quote_it_nothing_is_asked(office, site, template):
    preview = drafted(office, RICH.format(template, TEXT))
    text = "\n".join(line for part in preview.text.replace("\r", "").split("\n") for line in (textwrap.wrap(part, 70) or [""]))
    office.reply(preview, GMAIL + "\n".join(f"> {line}" for line in text.split("\n")))
    assert len(office.posts()) == 1
    preview = drafted(office, RICH.format(template, TEXT), subject="Nowości na czerwiec")
    page = preview.mail.get_body(("html",)).get_content().split("<body", 1)[1].split(">", 1)[1]
    office.deliver(aligned(mail(OWNER, str(preview.mail["Reply-To"]), "Odp: x", OUTLOOK + page, html=True)), str(preview.mail["Reply-To"]))
    assert len(office.posts()) == 2


def test_an_hour_that_is_left_out_here_is_kept_for_those_who_have_it(office, site):
    office.reply(drafted(office), "WYŚLIJ 29 marca 2:30 u każdego")
    assert issue_of(site).clock == "2026-03-29T02:30"


def test_the_word_of_who_coordinates_no_longer_reaches_those_who_do(office, site):
    letter = planned(office)
    with site.writing() as db:
        member_by_key(db, list_by_name(db, "siecibp"), "owner@example.org").role = Role.MEMBER
    office.reply(letter, "Nie wysyłajcie, jest błąd!")
    assert [one.to for one in office.letters(kind="contact")] == [MOD] and issue_of(site).state is IssueState.SCHEDULED


def test_no_key_of_one_reader_goes_out_with_an_issue(office, site):
    with site.reading() as db:
        member = member_by_key(db, list_by_name(db, "siecibp"), "halina@example.org")
        link = links.unsubscribe_url(site.settings, member.id)
    told = drafted(office, f"{TEXT}\nWypisz mnie: {link}\n")
    assert link.rpartition("/")[2] not in issue_of(site).source + told.text and "unsubscribe/…" in issue_of(site).source


def test_our_own_letter_is_no_part_of_the_text_anew(office, site):
    told = drafted(office)
    anew = "W czerwcu spotykamy się w Tarnowie i w Łodzi, szczegóły podamy w następnym wydaniu. " * 3
    office.reply(told, f"NOWY TEKST\n{anew}\n\nSieć BP 03.03.2026 10:05\n{told.text}")
    assert issue_of(site).source == TEXT.strip("\n") and has(last(office, "issue-trouble"), "część naszego listu", "part of our letter")
