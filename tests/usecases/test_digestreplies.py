import re

import pytest
from sqlalchemy import select

from listserv.store.archive import Message
from listserv.store.members import DeliveryMode, Member
from listserv.store.people import Address
from listserv.store.queue import State
from listserv.usecases import housekeeping
from tests.conftest import add


@pytest.fixture
def digest(site, office, clock, once):
    """A digest of two threads, as its reader finds it in the mailbox next morning."""

    def made():
        with site.writing() as db:
            from listserv.store.lists import list_by_name

            add(db, list_by_name(db, "siecibp"), "irena@example.org", site.now(), name="Irena Czytelna", delivery="digest", language="pl")
            with_plan = db.scalars(select(Member).join(Member.address).where(Address.key == "irena@example.org")).one()
            from listserv.usecases import digesting

            digesting.plan(db, with_plan, site.now())
        office.send("Halina Okładka <halina@example.org>", "siecibp", "Scenariusze", "Szukam scenariuszy.\n", message_id="<1@x>")
        office.send("Marek Regał <marek@example.org>", "siecibp", "Spotkanie", "Kiedy spotkanie?\n", message_id="<2@x>")
        office.send("Marek Regał <marek@example.org>", "siecibp", "Re: Scenariusze", "Mam trzy.\n", message_id="<3@x>", in_reply_to="<1@x>")
        clock.move(days=1)
        with site.writing() as db:
            while housekeeping.run_due(db, site.now()):
                pass
        return office.letters(to="irena@example.org", kind="digest")[0]

    return once(made)


def messages(site):
    with site.reading() as db:
        rows = db.scalars(select(Message).order_by(Message.id)).all()
        ids = {row.id: row.message_id for row in rows}
        return [(row.author_email, row.subject, ids.get(row.parent_id), row.body.text.strip()) for row in rows]


def item_address(letter, number):
    """The reply address of the n-th item."""
    html = letter.mail.get_body(("html",)).get_content()
    found = list(dict.fromkeys(re.findall(r"mailto:(r\+[a-z2-7]+@[a-z.]+)", html)))
    return found[number - 1]


def test_an_answer_to_an_items_address_lands_under_that_item(site, office, digest):
    state = office.send("Irena <irena@example.org>", item_address(digest, 1), "Odp: 1", "Ja też szukam.\n\nW dniu 4.03.2026 o 07:00, Sieć BP pisze:\n> Scenariusze\n")

    assert state is State.POSTED
    author, subject, parent, text = messages(site)[-1]
    assert (author, subject, parent, text) == ("irena@example.org", "Re: Scenariusze", "1@x", "Ja też szukam.")


def test_it_leaves_as_an_ordinary_post_of_the_thread_and_no_token_is_passed_on(office, digest):
    quoted = digest.mail.get_body(("plain",)).get_content().replace("\n", "\n> ")
    office.send("irena@example.org", item_address(digest, 2), "Odp: 1", f"Dziękuję.\n\nW dniu 4.03.2026 o 07:00, Sieć BP pisze:\n> {quoted}\n", message_id="<9@x>")

    post = office.posts()[-1]
    assert post["To"] == "siecibp@lists.example.org"
    assert post["Message-ID"] == "<9@x>"
    assert post["References"].split() == ["<1@x>", "<3@x>"]
    assert "r+" not in post.as_string()


@pytest.mark.parametrize(("words", "parent"), [("1: Mam jeszcze dwa.", "3@x"), ("2. W maju.", "2@x")])
def test_a_plain_reply_to_the_digest_that_begins_with_a_number_finds_its_thread(site, office, digest, words, parent):
    assert office.reply(digest, words) is State.POSTED

    assert messages(site)[-1][2] == parent
    assert messages(site)[-1][3] == words[3:]


def test_an_answer_that_names_no_thread_is_kept_and_asked_for(site, office, digest):
    assert office.reply(digest, "Chętnie pomogę w maju.") is State.DRAFT
    question = office.letters(to="irena@example.org")[-1]
    assert question.kind == "digest-which"
    assert "2. Spotkanie" in question.text
    assert len(messages(site)) == 3

    assert office.reply(question, "2") is State.ANSWERED
    assert messages(site)[-1][2:] == ("2@x", "Chętnie pomogę w maju.")


def test_a_word_from_the_digests_foot_is_a_command_and_no_post(site, office, digest):
    assert office.reply(digest, "KAŻDĄ") is State.ANSWERED

    assert len(messages(site)) == 3
    with site.reading() as db:
        assert db.scalars(select(Member).join(Member.address).where(Address.key == "irena@example.org")).one().delivery is DeliveryMode.EACH


def test_a_strangers_answer_to_a_forwarded_digest_is_held(site, office, digest):
    assert office.reply(digest, "1: Dzień dobry", sender="eve@example.org") is State.HELD
    assert len(messages(site)) == 3


def test_an_answer_with_a_file_keeps_it(site, office, digest):
    from email import message_from_bytes, policy

    from tests.office import mail

    message = message_from_bytes(mail("irena@example.org", item_address(digest, 1), "Odp: 1", "W załączniku.\n"), policy=policy.SMTP)
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="karta pracy.pdf")
    office.deliver(message.as_bytes(), item_address(digest, 1))

    assert [part.get_filename() for part in office.posts()[-1].iter_attachments()] == ["karta pracy.pdf"]


@pytest.mark.parametrize("wrapped", ["{}", "> {}", "<p>Dziękuję</p><p>{}</p>"])
def test_no_token_reaches_others_wherever_it_stands(office, digest, wrapped):
    token = item_address(digest, 1)
    link = re.search(r"https://\S+/unsubscribe/[a-z2-7]+", str(digest.mail["List-Unsubscribe"]))[0]
    words = wrapped.format(f"Dziękuję. {token} {link}")

    office.send("irena@example.org", token, "Odp: 1", words, html="<p>" in wrapped)

    sent = office.posts()[-1].get_content()
    assert token.split("@")[0] not in sent
    assert link.rsplit("/", 1)[1] not in sent


def test_a_digest_attached_to_the_answer_does_not_leave_with_it(office, digest):
    from email import message_from_bytes, policy

    from tests.office import mail

    message = message_from_bytes(mail("irena@example.org", item_address(digest, 1), "Odp: 1", "Patrz załącznik.\n"), policy=policy.SMTP)
    message.add_attachment(digest.mail)
    message.add_attachment(digest.mail.as_bytes(), maintype="application", subtype="octet-stream", filename="przeglad.eml")
    office.deliver(message.as_bytes(), item_address(digest, 1))

    assert list(office.posts()[-1].iter_attachments()) == []


def test_who_has_left_gets_a_helpful_answer_to_an_old_digest(office, digest):
    office.send("irena@example.org", "siecibp-leave", proven=True)

    assert office.reply(digest, "1: Jeszcze słowo.") is State.ANSWERED
    assert office.letters(to="irena@example.org")[-1].kind == "too-late"


def test_a_wrong_number_is_asked_again(site, office, digest):
    office.reply(digest, "Chętnie pomogę w maju.")
    office.reply(office.letters(to="irena@example.org")[-1], "99")
    again = office.letters(to="irena@example.org")[-1]
    assert again.kind == "digest-which"

    office.reply(again, "1")
    assert messages(site)[-1][2:] == ("3@x", "Chętnie pomogę w maju.")


@pytest.mark.parametrize("words", ["Codziennie.", "Rezygnuję.", "Każda.", "Stop."])
def test_an_answer_to_one_message_is_an_answer_however_much_it_looks_like_a_command(site, office, digest, words):
    assert office.send("irena@example.org", item_address(digest, 1), "Odp: 1", words) is State.POSTED

    assert messages(site)[-1][3] == words


def test_a_wish_to_leave_sent_to_one_message_is_done_and_not_posted(site, office, digest):
    assert office.send("irena@example.org", item_address(digest, 1), "Odp: 1", "WYPISZ", proven=True) is State.ANSWERED

    assert len(messages(site)) == 3
    assert office.letters(to="irena@example.org")[-1].kind == "left"


SIGNED = "\n\nPozdrawiam\nIrena Czytelna\nnauczyciel bibliotekarz\nSzkoła Podstawowa nr 5 w Łodzi\n"


@pytest.mark.parametrize("words", ["codziennie o 7", "Przerwa do 10.03", "Proszę o przegląd raz w tygodniu."])
def test_a_word_of_the_digests_foot_is_one_below_an_everyday_signature_too(site, office, digest, words):
    before = messages(site)
    assert office.reply(digest, words + SIGNED, proven=True) is State.ANSWERED
    assert messages(site) == before and office.letters(to="irena@example.org", kind="settings")


def test_a_wish_to_leave_with_an_everyday_signature_is_no_post(site, office, digest):
    before = messages(site)
    office.reply(digest, "Proszę mnie wypisać." + SIGNED, proven=True)
    assert messages(site) == before and office.letters(to="irena@example.org", kind="left")
