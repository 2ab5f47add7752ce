"""Asking through the moderators without a name: they get the words alone, and afterwards nothing here tells who asked."""

import re

import pytest
from sqlalchemy import select, text

from listserv.errors import NotFound
from listserv.store.archive import Message
from listserv.store.doors import Unnamed
from listserv.store.lists import list_by_name
from listserv.store.moderation import Held, HeldState, Journal
from listserv.store.people import Token
from listserv.store.queue import Incoming, Letter, Raw, State, raw_bytes
from listserv.usecases import administration, docket, exporting, housekeeping, stewards, tracing
from listserv.usecases.access import CONSOLE, Actor, Door
from tests.conftest import add
from tests.office import mail

HALINA, NAME, MOD, OWNER = "halina@example.org", "Halina Okładka <halina@example.org>", "mod@example.org", "owner@example.org"
MODERATORS = "moderator_siecibp"
WORDS = "Dzień dobry,\n\nczy ktoś wie, jak rozmawiać z dyrekcją o etacie?\n\nPozdrawiam\nHalina Okładka\nBiblioteka Szkolna nr 7\n"
# What tells of her in a mail of hers, whatever it is about.
TRACES = ("halina", "okładk", "okladk", "secret-id-17", "203.0.113.77", "SecretMail 9.1", "09:41:17")


def ask(office, words=f"ANONIMOWO\n\n{WORDS}", rcpt=MODERATORS, subject="Etat", proven=None, peer="203.0.113.77", **more):
    facts = {"message_id": "<secret-id-17@example.org>", "user_agent": "SecretMail 9.1", "date": "Tue, 03 Mar 2026 09:41:17 +0100", **more}
    raw = mail(NAME, f"{rcpt}@lists.example.org", subject, words, **facts)
    received = b"Received: from [203.0.113.77] by mx.example.org; Tue, 03 Mar 2026 09:41:17 +0100\r\n"
    return office.deliver(office._checked(received + raw, proven), f"{rcpt}@lists.example.org", mail_from=HALINA, peer=peer)


def last(office, kind, to=HALINA):
    return office.letters(to=to, kind=kind)[-1]


def held(site):
    with site.reading() as db:
        return db.scalars(select(Held).order_by(Held.id.desc())).first()


def links(site):
    with site.reading() as db:
        return len(db.scalars(select(Unnamed)).all())


def later(site, clock, minutes=11):
    """The letters leave, ten minutes go by, and the calendar is asked."""
    with site.writing() as db:
        for letter in db.scalars(select(Letter)):
            letter.due = None
    clock.move(minutes=minutes)
    with site.writing() as db:
        while housekeeping.run_due(db, site.now()):
            pass


def everything(site, *, but=()):
    """Every value of every row, and every mail unpacked."""
    from listserv.store.schema import metadata

    said = []
    with site.reading() as db:
        for table in metadata.sorted_tables:
            if table.name in but:
                continue
            said += [f"{table.name}: {value!r}" for row in db.execute(select(table)) for value in row]
        said += [raw_bytes(db, row).decode("utf-8", "replace") for row in db.scalars(select(Raw.id))]
    return said


@pytest.mark.parametrize("rcpt", [MODERATORS, "siecibp", "siecibp+tik", "siecibp-owner"])
def test_moderators_get_the_words_and_nothing_else(office, site, network, rcpt):
    assert ask(office, rcpt=rcpt) is State.FORWARDED

    for moderator in (MOD, OWNER):
        letter = last(office, "unnamed-moderator", to=moderator)
        assert "jak rozmawiać z dyrekcją" in letter.text
        whole = letter.mail.as_string() + letter.subject + letter.text
        assert not [trace for trace in (*TRACES, "Biblioteka Szkolna") if trace.lower() in whole.lower()]
    assert not office.posts() and held(site).state is HeldState.PENDING


def test_a_yes_posts_it_as_a_mail_of_that_moment_from_the_moderators(office, site, network, clock):
    ask(office)
    clock.move(hours=5)
    office.reply(last(office, "unnamed-moderator", to=MOD), "TAK")

    (post,) = office.posts()
    assert str(post["From"].addresses[0].addr_spec) == "moderator_siecibp@lists.example.org"
    assert post["Date"].datetime == site.now() and "Etat" in post["Subject"] and "jak rozmawiać z dyrekcją" in post.get_content()
    assert not [trace for trace in (*TRACES, "Received", "User-Agent") if trace.lower() in post.as_string().lower()]
    with site.reading() as db:
        message = db.scalars(select(Message)).one()
        assert message.user_id is None and message.sent_at == message.received_at == site.now()
    assert last(office, "held-published").to == HALINA


def test_answers_come_to_the_list(office, site, network):
    ask(office)
    office.reply(last(office, "unnamed-moderator", to=MOD), "TAK")
    (post,) = office.posts()
    assert "siecibp@lists.example.org" in str(post["Reply-To"])
    assert office.send("marek@example.org", "siecibp", f"Re: {post['Subject']}", "Spokojnie.\n", in_reply_to=post["Message-ID"]) is State.POSTED
    with site.reading() as db:
        assert len({row.thread_id for row in db.scalars(select(Message))}) == 1


def test_a_no_with_words_reaches_whoever_asked(office, site, network):
    ask(office)
    office.reply(last(office, "unnamed-moderator", to=MOD), "NIE, to pytanie jest już w archiwum.")

    assert "jest już w archiwum" in last(office, "held-refused").text
    assert not office.posts() and held(site).state is HeldState.REFUSED


def test_moderators_may_ask_back_and_hear_the_answer_without_a_name(office, site, network):
    ask(office)
    with site.writing() as db:
        mod = administration.find_member(db, list_by_name(db, "siecibp"), MOD)
        who = stewards.steward(db, "siecibp", Actor(Door.WEB, mod.user_id))
        (case,) = docket.look(db, who, site.now()).cases
        assert case.email == "" and case.proof == "unnamed" and not case.trustable and HALINA not in repr(case)
        docket.decide(db, who, [case.key], docket.Answer.ASK, site.now(), words="O jaki etat chodzi?")
    question = last(office, "held-question")
    assert "O jaki etat chodzi?" in question.text
    office.reply(question, "Chodzi o pół etatu.\n\nPozdrawiam\nHalina Okładka\n", message_id="<secret-id-17b@example.org>")

    added = last(office, "unnamed-moderator", to=MOD)
    assert "Chodzi o pół etatu." in added.text and not re.search("halina|okład", added.mail.as_string() + added.text, re.IGNORECASE)
    office.reply(added, "TAK")
    assert len(office.posts()) == 1


def test_whoever_asked_may_take_it_back(office, site, network):
    ask(office)
    office.reply(last(office, "unnamed-received"), "WYCOFAJ")

    assert held(site).state is HeldState.WITHDRAWN and last(office, "held-withdrawn")
    office.reply(last(office, "unnamed-moderator", to=MOD), "TAK")
    assert not office.posts()


def test_the_receipt_shows_what_will_be_asked_and_what_is_known(office, network):
    ask(office)
    receipt = last(office, "unnamed-received")
    assert "jak rozmawiać z dyrekcją" in receipt.text and "Biblioteka Szkolna" not in receipt.text


def test_a_decision_can_be_undone_for_ten_minutes_and_whoever_asked_is_told(office, site, network, clock):
    ask(office)
    letter = last(office, "unnamed-moderator", to=MOD)
    office.reply(letter, "TAK")
    clock.move(minutes=3)
    office.reply(letter, "COFNIJ")

    assert held(site).state is HeldState.PENDING and not office.letters(kind="held-published")
    later(site, clock, 60)
    assert links(site) == 1
    office.reply(last(office, "decision-done", to=MOD), "NIE")
    assert last(office, "held-refused").to == HALINA


@pytest.mark.parametrize("word", ["TAK", "NIE, to już było.", "COFNIJ-ME", "DISCARD"])
def test_ten_minutes_after_the_decision_nothing_tells_who_asked(office, site, network, clock, word):
    with site.writing() as db:
        # What is known of her as a member stays, of course: her rows there are left out of the search.
        add(db, list_by_name(db, "siecibp"), "inna@example.org", site.now())
    ask(office)
    clock.move(hours=2)
    if word == "DISCARD":
        with site.writing() as db:
            mod = administration.find_member(db, list_by_name(db, "siecibp"), MOD)
            who = stewards.steward(db, "siecibp", Actor(Door.WEB, mod.user_id))
            docket.decide(db, who, [f"p{held(site).id}"], docket.Answer.DISCARD, site.now())
    elif word == "COFNIJ-ME":
        office.reply(last(office, "unnamed-received"), "WYCOFAJ", message_id="<secret-id-17c@example.org>")
    else:
        office.reply(last(office, "unnamed-moderator", to=MOD), word)
    assert links(site) == 1
    later(site, clock)

    assert links(site) == 0
    member_rows = ("user", "address", "member", "journal")
    said = [line for line in everything(site, but=member_rows) if any(trace.lower() in line.lower() for trace in TRACES)]
    assert said == []
    with site.reading() as db:
        assert not db.scalars(select(Token).where(Token.email == HALINA)).all()
        assert not db.scalars(select(Incoming).where(Incoming.rcpt.startswith("r+"), Incoming.mail_from == HALINA)).all()
        noted = [(row.what, row.user_id, row.detail) for row in db.scalars(select(Journal)) if row.what != "member-added"]
        halina = db.execute(text("SELECT user_id FROM address WHERE key = 'halina@example.org'")).scalar()
        assert all(user_id != halina and "alina O" not in detail for _, user_id, detail in noted)
        with pytest.raises(NotFound):
            tracing.trace(db, "secret-id-17@example.org")


def test_her_mail_is_emptied_as_soon_as_it_has_been_read(office, site, network):
    ask(office)

    with site.reading() as db:
        first = db.get(Incoming, 1)
        assert (first.message_id, first.mail_from, first.peer, first.echo) == ("", "", "", None)
        assert not [raw for raw in (raw_bytes(db, one) for one in db.scalars(select(Raw.id))) if b"SecretMail" in raw or b"203.0.113.77" in raw]


def test_archive_exports_and_search_have_no_trace(office, site, network, clock):
    ask(office)
    office.reply(last(office, "unnamed-moderator", to=MOD), "TAK")
    later(site, clock)

    with site.reading() as db:
        mlist = list_by_name(db, "siecibp")
        mbox = b"".join(exporting.mails(db, mlist))
        assert b"rozmawia" in mbox and not [trace for trace in TRACES if trace.lower().encode() in mbox.lower()]


@pytest.mark.only_sqlite
def test_the_very_bytes_of_the_database_have_forgotten(office, site, network, clock):
    ask(office, words="ANONIMOWO\n\nCzy ktoś wie, jak rozmawiać z dyrekcją?\n\n-- \nHalina z Tajemniczej Filii\n")
    office.reply(last(office, "unnamed-moderator", to=MOD), "TAK")
    later(site, clock)
    with site.writing() as db:
        db.execute(text("SELECT 1"))
    path = site.settings.database.url.removeprefix("sqlite:///")
    site.close()

    with open(path, "rb") as file:
        data = file.read()
    for trace in (b"secret-id-17", b"SecretMail", b"203.0.113.77", b"Tajemniczej"):
        assert trace not in data


def test_names_and_addresses_in_the_words_are_taken_out(office, network):
    ask(office, words="ANONIMOWO\n\nJako Halina Okładka (halina@example.org, halina@szkola.example.com) pytam: co robić?\nOkładki nikt nie pyta, a okładka książki to nie ja.\n")

    words = last(office, "unnamed-moderator", to=MOD).text
    assert "co robić?" in words and "okładka książki" in words
    assert not re.search(r"Halina|halina@|Okładk", words)


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("ANONIMOWO", "Czy ktoś wie?\n"),
        ("Anonimowo: etat", "Czy ktoś wie?\n"),
        ("Pytanie", "anonimowo\nCzy ktoś wie?\n"),
        ("Pytanie", "Proszę anonimowo:\n\nCzy ktoś wie?\n"),
        ("Pytanie", "Bez nazwiska\n\nCzy ktoś wie?\n"),
        ("Pytanie", "Bardzo proszę bez podawania nazwiska\n\nCzy ktoś wie?\n"),
        ("Pytanie", "Anonimowo: czy ktoś wie?\n"),
        ("Question", "ANONYMOUSLY\n\nDoes anybody know?\n"),
        ("Question", "Please post anonymously.\n\nDoes anybody know?\n"),
        ("Question", "without my name, please\n\nDoes anybody know?\n"),
    ],
)
def test_in_many_words(office, site, network, subject, words):
    assert ask(office, words, rcpt="siecibp", subject=subject) is State.FORWARDED
    assert re.search("know|wie", last(office, "unnamed-moderator", to=MOD).text)
    assert "anonimowo" not in held(site).subject.lower()


@pytest.mark.parametrize("words", ["Formularz był anonimowy.\n", "Ankieta była anonimowa.\n"])
def test_an_answer_that_says_how_a_survey_was_made_is_a_post(office, network, words):
    office.send("marek@example.org", "siecibp", "Ankieta", "Anonimowo czy z nazwiskiem?\n", message_id="<a@example.org>")
    assert ask(office, words, rcpt="siecibp", subject="Re: Ankieta", in_reply_to="<a@example.org>") is State.POSTED


def test_an_answer_without_a_name_stays_in_its_thread(office, site, network):
    office.send("marek@example.org", "siecibp", "Etat", "Kto tak miał?\n", message_id="<a@example.org>")
    assert ask(office, "ANONIMOWO\n\nJa tak miałam.\n", rcpt="siecibp", subject="Re: Etat", in_reply_to="<a@example.org>") is State.FORWARDED
    office.reply(last(office, "unnamed-moderator", to=MOD), "TAK")

    with site.reading() as db:
        first, second = db.scalars(select(Message).order_by(Message.id))
        assert second.thread_id == first.thread_id and second.parent_id == first.id and "halina" not in second.author_email


def test_a_sender_who_may_be_forged_is_not_given_away(office, site, network):
    assert ask(office, rcpt="siecibp", proven=False, peer="127.0.0.1") is State.REFUSED
    assert last(office, "unnamed-not") and [one.to for one in office.letters()] == [HALINA] and not links(site)


def test_files_stay_behind(office, site, network):
    import email.policy
    from email.message import EmailMessage

    message = EmailMessage(policy=email.policy.SMTP)
    for name, value in {"From": NAME, "To": "moderator_siecibp@lists.example.org", "Subject": "ANONIMOWO", "Message-ID": "<f@example.org>"}.items():
        message[name] = value
    message.set_content("Czy to dobry plan?\n")
    message.add_attachment(b"Exif: Halina", maintype="image", subtype="jpeg", filename="IMG_halina.jpg")
    office.deliver(message.as_bytes(), "moderator_siecibp@lists.example.org")
    office.reply(last(office, "unnamed-moderator", to=MOD), "TAK")
    (post,) = office.posts()
    assert not list(post.iter_attachments()) and b"Exif" not in post.as_bytes()


def test_the_same_to_two_addresses_is_one_question_and_a_fourth_waits(office, site, network):
    raw = mail(NAME, "siecibp@lists.example.org", "Etat", "ANONIMOWO\n\nJak to zrobić?\n")
    office.deliver(raw, "siecibp@lists.example.org", "moderator_siecibp@lists.example.org")
    assert links(site) == 1
    assert ask(office, "ANONIMOWO\n\nDrugie?\n") is State.FORWARDED and ask(office, "ANONIMOWO\n\nTrzecie?\n") is State.FORWARDED
    assert ask(office, "ANONIMOWO\n\nCzwarte?\n") is State.REFUSED
    with site.reading() as db:
        assert not [raw for raw in (raw_bytes(db, one) for one in db.scalars(select(Raw.id))) if b"Halina Ok" in raw]


@pytest.mark.parametrize("rcpt", [MODERATORS, "siecibp"])
@pytest.mark.parametrize("words", ["ANONIMOWO\n\nCzy ktoś wie?\n", "Dzień dobry,\nchciałabym zapytać anonimowo.\nCzy ktoś wie?\n"])
def test_from_an_address_that_is_not_on_the_list_nothing_is_shown_to_anybody(office, site, network, rcpt, words):
    """A shy person uses exactly such an address, with her name beside it."""
    assert office.send("Halina Okładka <halina.prywatna@example.com>", rcpt, "Etat", words) is State.REFUSED

    (letter,) = office.letters()
    assert (letter.kind, letter.to) == ("unnamed-not", "halina.prywatna@example.com") and "Czy ktoś wie" not in letter.text
    with site.reading() as db:
        assert not [raw for raw in (raw_bytes(db, one) for one in db.scalars(select(Raw.id))) if b"Czy kto" in raw]


def test_trust_and_ban_do_not_help_to_find_out(office, site, network):
    ask(office)
    for word in ("ZAUFAJ", "BLOKUJ", "co to?"):
        office.reply(last(office, "unnamed-moderator", to=MOD), word)
        assert held(site).state is HeldState.PENDING
    unclear = last(office, "decision-unclear", to=MOD)
    assert not re.search("halina|BLOKUJ", unclear.text.partition("\n\n")[2])


@pytest.mark.parametrize("after", [0, 60])
def test_a_word_of_thanks_to_our_letters_gives_nobody_away(office, site, network, clock, after):
    ask(office)
    office.reply(last(office, "unnamed-moderator", to=MOD), "TAK")
    published = last(office, "held-published")
    if after:
        later(site, clock, after)
    before = len(office.letters(to=MOD))
    quoted = "> " + published.text.replace("\n", "\n> ")
    office.reply(published, f"Dziękuję! To było moje pytanie.\n\n{quoted}", message_id="<secret-id-17d@example.org>")

    assert len(office.letters(to=MOD)) == before
    later(site, clock)
    said = [line for line in everything(site, but=("user", "address", "member", "journal", "letter")) if "moje pytanie" in line or "secret-id-17d" in line]
    assert said == [] and not [line for line in everything(site, but=("user", "address", "member", "journal")) if "Etat" in line and "halina" in line.lower()]


def test_what_was_not_passed_on_is_not_kept_either(office, site, network, clock):
    with site.writing() as db:
        administration.close_list(db, list_by_name(db, "siecibp"), CONSOLE, site.now())
    ask(office)
    later(site, clock)
    assert not [line for line in everything(site, but=("user", "address", "member", "journal")) if any(trace.lower() in line.lower() for trace in TRACES)]


def test_answers_reach_everybody_also_where_replies_go_to_authors(office, site, network):
    with site.writing() as db:
        administration.set_list(db, list_by_name(db, "siecibp"), {"reply_to": "author"}, CONSOLE, site.now())
    ask(office)
    office.reply(last(office, "unnamed-moderator", to=MOD), "TAK")
    (post,) = office.posts()
    assert str(post["Reply-To"]) == "siecibp@lists.example.org" and post["Message-ID"] and post["Date"]


def test_a_closed_list_takes_none(office, site, network):
    with site.writing() as db:
        administration.close_list(db, list_by_name(db, "siecibp"), CONSOLE, site.now())
    assert ask(office) is State.REFUSED and last(office, "unnamed-not")


def test_the_reminder_of_it_has_its_own_words(office, site, network, clock):
    ask(office)
    clock.move(days=2, hours=1)
    with site.writing() as db:
        while housekeeping.run_due(db, site.now()):
            pass
    text = last(office, "waits-still", to=MOD).text
    assert "bez nazwiska" in text and "BLOKUJ" not in text and "autora" not in text and "/siecibp/moderate/" in text
