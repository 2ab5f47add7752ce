"""Applications through every door: what the first letter says, whose proof counts, what is asked, answered and agreed to."""

import json

import pytest
from sqlalchemy import select

from listserv.errors import Invalid
from listserv.store.consents import Consent
from listserv.store.lists import list_by_name
from listserv.store.members import Member
from listserv.store.moderation import Application, ApplicationState, Journal
from listserv.store.people import Address
from listserv.store.queue import Incoming, Raw, State
from listserv.usecases import administration, consents, forgetting, joining, privacy, questions
from listserv.usecases.access import CONSOLE, STRANGER_ON_THE_WEB
from listserv.usecases.joining import Wish
from tests.office import mail

ANNA, MOD, OWNER = "anna@example.org", "mod@example.org", "owner@example.org"
ALIAS = "moderator_siecibp@other.example"
WISH = "Dzień dobry,\n\npracuję w bibliotece pedagogicznej. Czy mogę dołączyć?\n\nAnna Nowa\n"
ASKED = "Imię i nazwisko\nW jakiej bibliotece Państwo pracują?\nCo Państwa do nas sprowadza?"
OWN = "Zgadzam się na zasady Sieci BP."


def set_list(site, **values):
    with site.writing() as db:
        administration.set_list(db, list_by_name(db, "siecibp"), values, CONSOLE, site.now())


def apply(office, proven=True, rcpt="moderator_siecibp", sender="Anna Nowa <anna@example.org>", text=WISH, **more):
    return office.send(sender, rcpt, "prośba", text, proven=proven, **more)


def application(site, number=1):
    with site.reading() as db:
        one = db.get(Application, number)
        one.mlist.name, one.raw  # noqa: B018 (loaded)
        return one


def states(site):
    with site.reading() as db:
        return db.scalars(select(Application.state).order_by(Application.id)).all()


def agreed(site):
    with site.reading() as db:
        return [(one.email, one.how, one.door, one.words, one.message_id) for one in db.scalars(select(Consent).order_by(Consent.id))]


def on_the_list(site, email=ANNA):
    with site.reading() as db:
        return db.scalar(select(Member.id).join(Member.address).where(Address.key == email)) is not None


def letter(office, kind, to=None):
    return office.letters(to=to, kind=kind)[-1]


def said(letter):
    return letter.text.replace("\r\n", "\n")


def below_each(letter, *answers):
    """A reply that answers below each quoted question."""
    lines = []
    for line in letter.text.splitlines():
        lines.append(f"> {line}")
        number = line.strip().partition(".")[0]
        if number.isdigit() and line.startswith("    ") and int(number) <= len(answers):
            lines += ["", answers[int(number) - 1], ""]
    return "\n".join(lines) + "\n"


# ---- doors -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rcpt", ["moderator_siecibp", "siecibp-moderator", "siecibp-owner", "siecibp-join", "siecibp-subscribe", "siecibp-zapisz", ALIAS])
@pytest.mark.parametrize("proven", [True, None])
def test_every_mail_door_takes_free_text(office, site, rcpt, proven):
    set_list(site, alias=ALIAS)

    assert apply(office, proven, rcpt) is State.APPLICATION
    assert [one.kind for one in office.letters(to=ANNA)] == ["application-received" if proven else "application-confirm"]
    if not proven:
        assert office.reply(office.letters(to=ANNA)[0], "Tak, to ja", proven=None) is State.APPLICATION
    assert {one.to for one in office.letters(kind="application-moderator")} == {MOD, OWNER}
    office.reply(letter(office, "application-moderator", MOD), "TAK")
    assert on_the_list(site)


@pytest.mark.parametrize("rcpt", ["moderator_siecibp", "siecibp-owner", "siecibp-join", ALIAS])
def test_what_was_written_to_the_alias_counts_whatever_stands_in_the_envelope(office, site, rcpt):
    """The forwarder rewrites the envelope or leaves it; its handling has broken the sender's proof."""
    set_list(site, alias=ALIAS)
    rcpt = rcpt if "@" in rcpt else f"{rcpt}@lists.example.org"
    raw = mail("Anna Nowa <anna@example.org>", ALIAS, "prośba", WISH)
    raw = b"Authentication-Results: mx.example.org; dmarc=fail header.from=example.org\r\n" + raw

    assert office.deliver(raw, rcpt, mail_from="srs0=x=anna@other.example") is State.APPLICATION
    (question,) = office.letters(to=ANNA)
    assert question.kind == "application-confirm"
    office.reply(question, "tak", proven=None)
    assert letter(office, "application-moderator", MOD)


def test_without_an_alias_a_forged_sender_gets_no_letter(office, site):
    apply(office, proven=False)

    assert office.letters() == []
    assert states(site) == [ApplicationState.AWAITING_CONFIRMATION]


def test_letters_leave_in_our_own_name_with_a_reply_address_of_ours(office, site):
    set_list(site, alias=ALIAS)
    apply(office, None, ALIAS)
    one = office.letters()[0].mail

    assert one["From"].addresses[0].domain == "lists.example.org"
    assert one["Reply-To"].addresses[0].domain == "lists.example.org"
    assert ALIAS not in one.as_string()


def test_a_reply_that_reaches_us_twice_by_token_and_alias_is_told_once(office, site):
    set_list(site, alias=ALIAS)
    apply(office)
    received = letter(office, "application-received")
    to = str(received.mail["Reply-To"])
    raw = mail(ANNA, f"{to}, {ALIAS}", "Odp", "Jeszcze jedno: mieszkam w Wymyślnej i pracuję od roku.\n")

    office.deliver(raw, to)
    assert office.deliver(b"Received: from other.example\r\n" + raw, ALIAS) is State.APPLICATION

    assert len(office.letters(to=MOD, kind="application-answer")) == 1


def test_one_letter_to_two_addresses_is_one_application_and_one_letter(office, site):
    raw = mail("Anna Nowa <anna@example.org>", "moderator_siecibp@lists.example.org, siecibp-owner@lists.example.org", "prośba", WISH)
    raw = b"Authentication-Results: mx.example.org; dmarc=pass header.from=example.org\r\n" + raw
    office.deliver(raw, "moderator_siecibp@lists.example.org", "siecibp-owner@lists.example.org")

    assert [one.kind for one in office.letters(to=MOD)] == ["application-moderator"]
    assert len(states(site)) == 1


def test_a_moderators_own_address_that_is_the_alias_makes_no_loop(office, site, now):
    set_list(site, alias=ALIAS)
    with site.writing() as db:
        administration.add_member(db, list_by_name(db, "siecibp"), administration.NewMember(ALIAS, role=administration.Role.MODERATOR), CONSOLE, now)
    apply(office)
    ours = letter(office, "application-moderator", ALIAS).mail.as_bytes()
    before = len(office.letters())

    assert office.deliver(ours, ALIAS, mail_from="r+x@lists.example.org") is State.DISCARDED
    assert len(office.letters()) == before


def test_whoever_lost_the_first_letter_and_writes_again_after_days_is_asked_again(office, clock):
    apply(office, None)
    apply(office, None)
    assert len(office.letters(to=ANNA)) == 1
    clock.move(days=4)
    apply(office, None)

    assert [one.kind for one in office.letters(to=ANNA)] == ["application-confirm"] * 2


# ---- whose proof -------------------------------------------------------------------------------------------

MARK = "qqzzyx"


@pytest.mark.parametrize(
    "headers",
    [
        {"sender": f"{MARK} Kup teraz <anna@example.org>"},
        {"sender": f'"{MARK} <b>x</b>" <anna@example.org>'},
        {"message_id": f"<{MARK}@example.org>"},
        {"text": f"{MARK} kup teraz https://{MARK}.example\n"},
        {"references": f"<{MARK}@example.org>"},
    ],
)
@pytest.mark.parametrize("rcpt", ["moderator_siecibp", "siecibp-join", ALIAS])
def test_the_first_letter_to_an_unknown_address_carries_no_word_of_others(office, site, headers, rcpt):
    set_list(site, alias=ALIAS)
    sender, text = headers.pop("sender", ANNA), headers.pop("text", WISH)
    office.send(sender, rcpt, f"{MARK} oferta", text, **headers)

    (one,) = office.letters()
    everything = str(one.mail) + "".join(str(part.get_content()) for part in one.mail.walk() if not part.is_multipart())
    assert MARK not in everything
    assert one.mail["In-Reply-To"] is None and one.mail["References"] is None


def test_a_tag_stands_nowhere_but_in_the_recipient(office):
    office.send("anna+kup-teraz@example.org", "moderator_siecibp", "x", WISH)
    (one,) = office.letters()

    assert one.to == "anna+kup-teraz@example.org"
    del one.mail["To"]
    assert "kup-teraz" not in str(one.mail) + one.text


@pytest.mark.parametrize(
    ("sender", "more"),
    [
        ("Anna Nowa <anna@example.org>", {"reply_to": "eve@example.net"}),
        ("Anna Nowa <anna@example.org>", {"sender_": "eve@example.net"}),
        ('"anna@example.org" <anna@example.org>', {}),
    ],
)
def test_only_the_author_is_written_to_and_only_a_reply_from_there_confirms(office, site, sender, more):
    more = {name.rstrip("_"): value for name, value in more.items()}
    raw = mail(sender, "moderator_siecibp@lists.example.org", "prośba", WISH, **{k: v for k, v in more.items() if k != "sender"})
    if "sender" in more:
        raw = b"Sender: eve@example.net\r\n" + raw
    office.deliver(raw, "moderator_siecibp@lists.example.org")

    assert [one.to for one in office.letters()] == [ANNA]
    office.reply(office.letters()[0], "tak", sender="eve@example.net", proven=True)
    assert states(site) == [ApplicationState.AWAITING_CONFIRMATION]


@pytest.mark.parametrize("sender", ["anna@example.org, eve@example.net", "Przyjaciele: anna@example.org, eve@example.net;", "undisclosed-recipients:;"])
@pytest.mark.parametrize("proven", [True, None])
def test_a_letter_with_no_single_author_subscribes_nobody_and_is_read_by_humans(office, site, sender, proven):
    apply(office, proven, sender=sender)

    assert states(site) == []
    assert {one.to for one in office.letters()} <= {MOD, OWNER}


def test_a_confirmation_with_two_authors_confirms_nothing(office, site):
    apply(office, None)
    office.reply(office.letters()[0], "tak", sender="anna@example.org, eve@example.net")

    assert states(site) == [ApplicationState.AWAITING_CONFIRMATION]


@pytest.mark.parametrize("words", ["Jestem na urlopie do 15 marca, odpowiem po powrocie.", "I am out of the office until Monday."])
@pytest.mark.parametrize("marked", [{"auto_submitted": "auto-replied"}, {}])
def test_out_of_office_confirms_nothing_and_agrees_to_nothing(office, site, words, marked):
    set_list(site, consent=OWN)
    apply(office, None)
    office.reply(office.letters()[0], words, **marked)
    assert states(site) == [ApplicationState.AWAITING_CONFIRMATION]

    office.send("Ewa <ewa@example.org>", "moderator_siecibp", "prośba", WISH, proven=True)
    office.reply(letter(office, "application-received", "ewa@example.org"), words, **marked)
    assert agreed(site) == []


NO_YES = ["To oszustwo", "Zgłoszę to do UODO", "Kto to?", "Nein", "Biblioteka jest zamknięta do 15 sierpnia.", "Ich bin bis Montag nicht im Büro."]


@pytest.mark.parametrize("words", [*NO_YES, "Nie wyrażam zgody na przechowywanie danych.", "Państwa zgłoszenie ma numer 1234.", "Je suis en congé."])
def test_only_a_yes_or_a_wish_confirms_and_all_else_is_asked_about_once_and_then_read_by_humans(office, site, words):
    apply(office, None)
    office.reply(office.letters()[0], words, proven=None)

    assert states(site) == [ApplicationState.AWAITING_CONFIRMATION]
    again = letter(office, "application-confirm")
    assert again is not office.letters()[0] and [one.kind for one in office.letters()] == ["application-confirm"] * 2
    office.reply(again, f"{words} {words}", proven=None)
    assert {one.kind for one in office.letters()[2:]} == {"contact"}
    for number in range(3):
        office.reply(again, f"{words} {number}", proven=None)
    assert len([one for one in office.letters() if one.to == ANNA]) == 2
    office.reply(again, "Tak, to ja", proven=None)
    assert states(site) == [ApplicationState.AWAITING_MODERATOR]


@pytest.mark.parametrize("words", ["Przestańcie mi to wysyłać!", "unsubscribe", "STOP", "Not interested", "remove me"])
def test_whoever_wants_to_be_left_alone_is(office, site, words):
    apply(office, None)
    office.reply(office.letters()[0], words, proven=None)

    assert states(site) == [ApplicationState.DECLINED]
    assert len(office.letters()) == 1


@pytest.mark.parametrize("words", ["Tak", "Potwierdzam.", "Tak, pracuję w bibliotece w Wymyślnej", "Chcę dołączyć do listy", "Yes, it was me."])
def test_a_yes_in_ones_own_words_confirms(office, site, words):
    apply(office, None)
    office.reply(office.letters()[0], words, proven=None)

    assert states(site) == [ApplicationState.AWAITING_MODERATOR]


def test_somebody_who_denies_it_hears_nothing_more_and_nobody_else_hears_of_it(office, site):
    apply(office, None)
    office.reply(office.letters()[0], "To nie ja, nic nie pisałam.")

    assert states(site) == [ApplicationState.DECLINED]
    assert len(office.letters()) == 1


# ---- questions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("proven", [True, None])
def test_a_lists_questions_stand_in_the_first_letter_and_are_answered_by_a_plain_reply(office, site, proven):
    set_list(site, questions=ASKED)
    apply(office, proven)
    first = office.letters(to=ANNA)[0]
    assert "1. W jakiej bibliotece Państwo pracują?" in first.text
    # The name stands in From.
    assert "Imię i nazwisko" not in first.text
    office.reply(first, below_each(first, "W pedagogicznej, w Wymyślnej", "Scenariusze lekcji"))

    told = letter(office, "application-answer" if proven else "application-moderator", MOD)
    for words in ("Imię i nazwisko\n    – Anna Nowa", "pracują?\n    – W pedagogicznej, w Wymyślnej", "sprowadza?\n    – Scenariusze lekcji"):
        assert words in said(told)
    assert questions.pairs(application(site))[1] == ("W jakiej bibliotece Państwo pracują?", "W pedagogicznej, w Wymyślnej")


def test_what_the_first_letter_says_is_not_asked_again(office, site):
    set_list(site, questions=ASKED)
    apply(office, text="Dzień dobry,\nBiblioteka: PBW w Wymyślnej\nproszę o dopisanie.\n")

    first = office.letters(to=ANNA)[0]
    assert "W jakiej bibliotece" not in first.text
    assert "1. Co Państwa do nas sprowadza?" in first.text


def test_free_words_are_passed_on_whole_and_no_answer_blocks_nobody(office, site):
    set_list(site, questions=ASKED)
    apply(office)
    office.reply(office.letters(to=ANNA)[0], "Pracuję w Wymyślnej i chcę czytać o scenariuszach.")

    told = letter(office, "application-answer", MOD)
    assert "    Pracuję w Wymyślnej i chcę czytać o scenariuszach." in told.text
    assert "sprowadza?\n    – …" in said(told)
    office.reply(told, "TAK")
    assert on_the_list(site)


OUTLOOK = """<html><body><p>Odpowiedzi niżej.</p><div style="border-top:solid #E1E1E1 1.0pt"><p><b>From:</b> Sieć BP &lt;moderator_siecibp@lists.example.org&gt;<br>
<b>Sent:</b> Tuesday, March 3, 2026 10:00 AM<br><b>To:</b> anna@example.org<br><b>Subject:</b> Zgłoszenie do „Sieć BP”</p></div>%s</body></html>"""


@pytest.mark.parametrize("proven", [True, None])
def test_answers_in_colour_between_the_lines_of_an_html_letter(office, site, proven):
    set_list(site, questions=ASKED)
    apply(office, proven)
    first = office.letters(to=ANNA)[0]
    lines = []
    for line in first.text.splitlines():
        lines.append(f"<p>{line}</p>")
        lines += ["<p style='color:blue'>W pedagogicznej</p>"] if "1. W jakiej" in line else ["<p style='color:blue'>Scenariusze</p>"] if "2. Co " in line else []
    office.reply(first, OUTLOOK % "".join(lines), html=True)

    assert [answer for _, answer in questions.pairs(application(site))] == ["Anna Nowa", "W pedagogicznej", "Scenariusze"]


def test_a_reply_that_went_to_the_moderators_address_answers_too(office, site):
    set_list(site, questions=ASKED)
    apply(office)
    first = office.letters(to=ANNA)[0]
    office.send(ANNA, "moderator_siecibp", "Odp", below_each(first, "W Wymyślnej", "Scenariusze"), proven=True)

    assert [answer for _, answer in questions.pairs(application(site))] == ["Anna Nowa", "W Wymyślnej", "Scenariusze"]
    assert "dziękujemy za zgłoszenie" not in letter(office, "application-answer", MOD).text


def test_a_no_below_a_question_denies_nothing(office, site):
    set_list(site, questions="Czy byli już Państwo na tej liście?\nGdzie Państwo pracują?")
    apply(office, None)
    first = office.letters()[0]
    office.reply(first, below_each(first, "Nie, nie pisałam tu wcześniej", "W Wymyślnej"))

    assert states(site) == [ApplicationState.AWAITING_MODERATOR]


def test_answers_in_one_breath_confirm_and_bring_the_name_that_the_letter_lacked(office, site):
    set_list(site, questions=ASKED)
    apply(office, None, sender="anna@example.org")
    office.reply(office.letters()[0], "Anna Nowa, PBW w Wymyślnej, chcę czytać o scenariuszach.")

    assert states(site) == [ApplicationState.AWAITING_MODERATOR]
    assert application(site).name == "Anna Nowa"
    assert [answer for _, answer in questions.pairs(application(site))] == ["Anna Nowa", "PBW w Wymyślnej", "chcę czytać o scenariuszach"]
    assert "chcieliby wiedzieć" not in letter(office, "application-received", "anna@example.org").text


def test_more_in_one_breath_than_was_asked_is_passed_on_whole(office, site):
    set_list(site, questions=ASKED)
    apply(office, None, sender="anna@example.org")
    office.reply(office.letters()[0], "Anna Nowa, PBW, filia w Wymyślnej, chcę czytać o scenariuszach.")

    assert (application(site).name, states(site)) == ("Anna Nowa", [ApplicationState.AWAITING_MODERATOR])
    assert "Anna Nowa, PBW, filia w Wymyślnej" in letter(office, "application-moderator", MOD).text


def test_a_name_that_was_asked_for_is_theirs_from_then_on(office, site):
    set_list(site, questions=ASKED)
    apply(office, sender="anna@example.org")
    office.reply(office.letters()[0], "1. Anna Nowa\n2. PBW\n3. Scenariusze")

    assert application(site).name == "Anna Nowa"


def test_without_questions_letters_ask_none(office, site):
    apply(office)

    assert "chcieliby wiedzieć" not in office.letters(to=ANNA)[0].text
    assert application(site).answers == ""


@pytest.mark.parametrize("wrong", ["1\n2\n3\n4\n5\n6", "x" * 121])
def test_more_than_five_questions_or_very_long_ones_are_refused(site, network, wrong):
    with pytest.raises(Invalid, match="questions"):
        set_list(site, questions=wrong)


def test_questions_can_be_written_on_one_line_of_a_shell(site, network):
    set_list(site, questions="Imię? | Skąd? |")

    with site.reading() as db:
        assert questions.of_list(list_by_name(db, "siecibp")) == ("Imię?", "Skąd?")


# ---- consent -----------------------------------------------------------------------------------------------


def test_who_agreed_to_what_when_and_by_which_message_is_kept(office, site, now):
    apply(office, None)
    question = office.letters()[0]
    assert "zgadzają się Państwo" in question.text or "To reply means to agree" in question.text
    assert agreed(site) == []
    office.reply(question, "Tak, to ja", message_id="<zgoda.1@example.org>")

    ((email, how, door, words, message_id),) = agreed(site)
    assert (email, how, door, message_id) == (ANNA, "reply", "mail", "zgoda.1@example.org")
    assert "Sieć BP" in words
    with site.reading() as db:
        row = db.scalars(select(Consent)).one()
        assert row.given_at == now
        assert row.raw_id == db.scalar(select(Incoming.raw_id).where(Incoming.message_id == "zgoda.1@example.org"))


def test_the_lists_own_sentence_is_kept_word_for_word_and_a_later_one_is_another(office, site):
    set_list(site, consent=OWN)
    apply(office, None)
    assert OWN in office.letters()[0].text
    office.reply(office.letters()[0], "Zgadzam się")
    set_list(site, consent="Inne zdanie.")

    assert [(how, words) for _, how, _, words, _ in agreed(site)] == [("reply", OWN)]


def test_a_proven_letter_agrees_to_nothing_and_a_reply_does_after_the_decision_too(office, site):
    apply(office)
    assert agreed(site) == []
    set_list(site, consent=OWN)
    office.send("Ewa <ewa@example.org>", "moderator_siecibp", "prośba", WISH, proven=True)
    received = letter(office, "application-received", "ewa@example.org")
    assert OWN in received.text
    office.reply(letter(office, "application-moderator", MOD), "TAK")
    assert agreed(site) == []
    office.reply(received, "Zgadzam się.")

    assert agreed(site)[-1][:4] == ("ewa@example.org", "reply", "mail", OWN)


@pytest.mark.parametrize("words", ["To ja, ale nie wyrażam zgody na przechowywanie danych.", "To ja, ale nie zgadzam się na to zdanie."])
def test_whoever_confirms_and_does_not_agree_has_not_agreed(office, site, words):
    apply(office, None)
    office.reply(office.letters()[0], words)

    assert states(site) == [ApplicationState.AWAITING_MODERATOR]
    assert [one for one in agreed(site) if one[1] == "reply"] == []
    assert "zgo" in letter(office, "application-moderator", MOD).text or "zgadzam" in letter(office, "application-moderator", MOD).text


def test_a_consent_can_be_withdrawn_by_a_reply(office, site):
    apply(office)
    office.reply(letter(office, "application-received"), "Zgadzam się.")
    office.reply(letter(office, "application-received"), "Nie zgadzam się na to zdanie.")

    with site.reading() as db:
        assert db.scalars(select(Consent)).one().withdrawn_at is not None
    assert letter(office, "application-answer", MOD)


def test_a_dash_asks_for_no_consent(office, site):
    set_list(site, consent="-")
    apply(office, None)
    office.reply(office.letters()[0], "tak")

    assert agreed(site) == []
    assert "zgod" not in office.letters()[0].text.lower()


def test_on_an_open_list_with_its_own_sentence_a_reply_agrees_first(office, site):
    set_list(site, joining="open", consent=OWN)
    apply(office)
    assert not on_the_list(site)
    office.reply(letter(office, "application-confirm"), "Tak")

    assert on_the_list(site)
    assert agreed(site)[0][3] == OWN


def test_agreeing_twice_is_kept_once(office, site, now):
    apply(office, None)
    for _ in range(2):
        office.reply(office.letters()[0], "Tak, to ja, zgadzam się.")

    assert len(agreed(site)) == 1


def test_my_data_tell_of_it_and_erasure_takes_it_away(office, site, now, clock):
    apply(office, None)
    office.reply(office.letters()[0], "tak")
    office.reply(letter(office, "application-moderator", MOD), "TAK")
    with site.writing() as db:
        user_id = db.scalar(select(Address.user_id).where(Address.key == ANNA))
        told = privacy.collect(db, user_id)
        assert told["tables"]["consent"][0]["how"] == "reply"
        assert json.dumps(told, default=str)
        assert consents.of_person(db, db.get(Address, db.scalar(select(Address.id).where(Address.key == ANNA))).user)[0].list_name == "siecibp"
        privacy.ask(db, user_id, privacy.Posts.KEEP, CONSOLE, now)
    clock.move(days=8)
    done = 1
    while done:
        with site.writing() as db:
            done = forgetting.run_due(db, site.now())

    with site.reading() as db:
        assert db.scalars(select(Consent)).all() == []
        # That there was one stays, about nobody.
        (noted,) = db.scalars(select(Journal).where(Journal.what == "consent-given")).all()
        assert ANNA not in noted.detail


# ---- the form ----------------------------------------------------------------------------------------------


def by_form(site, **more):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        joining.ask(db, mlist, Wish("Anna Nowa", ANNA, "Chcę dołączyć.", "pl", "192.0.2.1", **more), STRANGER_ON_THE_WEB, site.now())


def test_the_forms_answers_reach_the_moderators_and_are_not_asked_again(office, site):
    set_list(site, questions=ASKED)
    by_form(site, answers=("PBW", ""))
    first = office.letters(to=ANNA)[0]
    assert "sprowadza" not in first.text
    office.reply(first, "tak")

    told = said(letter(office, "application-moderator", MOD))
    assert "nazwisko\n    – Anna Nowa" in told and "pracują?\n    – PBW" in told and "sprowadza?\n    – …" in told


def test_the_form_wants_a_tick_where_the_list_has_a_sentence_of_its_own(office, site):
    set_list(site, consent=OWN)
    with pytest.raises(Invalid, match="tick the box"):
        by_form(site)
    by_form(site, agrees=True)
    # Anybody can tick a box with somebody else's address: the reply agrees.
    assert agreed(site) == []
    office.reply(office.letters(to=ANNA)[0], "tak")
    assert [one[1] for one in agreed(site)] == ["reply"]


# ---- not an application ------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["to nie zgłoszenie", "To nie jest zgłoszenie, odpiszę.", "Nie, to nie zgłoszenie.", "This is not an application."])
def test_a_moderator_turns_it_into_a_letter_for_all_of_them(office, site, words):
    apply(office, text="Kiedy spotkanie?\n")
    office.reply(letter(office, "application-moderator", MOD), words)

    assert states(site) == [ApplicationState.LETTER]
    told = office.letters(kind="letter-after-all")
    assert {one.to for one in told} == {MOD, OWNER}
    assert "Kiedy spotkanie?" in told[0].text and "Zofia Lektura" in told[0].text
    assert told[0].mail["Reply-To"] == ANNA
    assert letter(office, "decision-done", MOD)
    assert office.letters(to=OWNER, kind="decided") == []
    assert [one.kind for one in office.letters(to=ANNA)] == ["application-received"]
    with site.reading() as db:
        assert db.scalar(select(Incoming.state).order_by(Incoming.id)) is State.FORWARDED


def test_that_can_be_taken_back_for_ten_minutes(office, site, clock):
    apply(office, text="Kiedy spotkanie?\n")
    office.reply(letter(office, "application-moderator", MOD), "to nie zgłoszenie")
    office.reply(letter(office, "decision-done", MOD), "COFNIJ")

    assert states(site) == [ApplicationState.AWAITING_MODERATOR]
    assert office.letters(kind="letter-after-all") == []
    with site.reading() as db:
        assert db.scalar(select(Incoming.state).order_by(Incoming.id)) is State.APPLICATION
    office.reply(letter(office, "application-moderator", MOD), "TAK")
    assert on_the_list(site)


def test_after_ten_minutes_it_stays_a_letter(office, site, clock):
    apply(office, text="Kiedy spotkanie?\n")
    first = letter(office, "application-moderator", MOD)
    office.reply(first, "to nie zgłoszenie")
    clock.move(minutes=11)
    office.reply(first, "COFNIJ")

    assert states(site) == [ApplicationState.LETTER]
    assert letter(office, "decision-late", MOD)


def test_a_second_moderator_learns_that_it_was_a_letter(office, site):
    apply(office, text="Kiedy spotkanie?\n")
    office.reply(letter(office, "application-moderator", MOD), "to nie zgłoszenie")
    office.reply(letter(office, "application-moderator", OWNER), "TAK")

    assert not on_the_list(site)
    assert letter(office, "decided-already", OWNER)


def test_a_held_post_is_no_application_and_keeps_waiting(office, site):
    office.send("obcy@example.org", "siecibp", "Plakaty", "Mamy plakaty.\n", proven=True)
    office.reply(letter(office, "held-moderator", MOD), "to nie zgłoszenie")

    assert letter(office, "decision-unclear", MOD)


@pytest.mark.parametrize("words", ["Czy to nie zgłoszenie?", "To nie zgłoszenie, tylko spam", "To chyba nie zgłoszenie"])
def test_what_is_not_plainly_said_is_asked_back_and_never_passed_on(office, site, words):
    apply(office)
    office.reply(letter(office, "application-moderator", MOD), words)

    assert states(site) == [ApplicationState.AWAITING_MODERATOR]
    assert letter(office, "decision-unclear", MOD)
    assert office.letters(kind="application-question") == []


def test_raw_of_an_application_stays_readable(office, site):
    apply(office)

    with site.reading() as db:
        assert db.get(Raw, application(site).raw_id)
