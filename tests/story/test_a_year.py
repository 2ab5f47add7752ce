"""A year in the life of the network, wholly by mail: 45 people, two moderators, all that goes right and wrong; and then the books.

The words are those of `network`; what must balance in the end stands in `ledger`.
"""

import contextlib
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from listserv.store.archive import Message
from listserv.store.lists import list_by_name
from listserv.store.moderation import Application, ApplicationState
from listserv.store.people import address_by_key
from listserv.usecases import administration
from listserv.usecases.access import CONSOLE
from listserv.web.app import create_app
from tests.conftest import add
from tests.keys import rsa_key
from tests.nameserver import NameServer
from tests.smtp.doors import open_doors
from tests.smtp_sink import Sink
from tests.story import ledger
from tests.story.network import DOMAIN, LIST, SIGNING, Network, Person, Way
from tests.story.people import ENGLISH, MODERATOR, OWNER, the_people, way_of

MODERATORS = f"moderator_siecibp@{DOMAIN}"
# Letters that nothing but a day brings.
REMINDERS = ("several-wait", "application-waiting", "waits-still", "thanks-told", "invitations-answered", "preview", "report", "milestones")


@pytest.fixture
def names():
    """A name server that knows one domain whose mail is signed, and says of all others that there are none."""
    server, (key, record) = NameServer(), rsa_key()
    server.key = key
    server.records[f"_dmarc.{SIGNING}"] = ['"v=DMARC1; p=none"']
    server.records[f"s1._domainkey.{SIGNING}"] = [f'"{record}"']
    yield server
    server.close()


@pytest.fixture
def the_list(site, clock, names):
    """The list with its forty people on a Tuesday in March; the doors are open."""
    with Sink() as sink, contextlib.ExitStack() as stack:
        more = {"relay": site.settings.relay.model_copy(update={"url": sink.url}), "auth": site.settings.auth.model_copy(update={"dns": names.address})}
        site.settings = site.settings.model_copy(update=more)
        network = Network(site, clock, sink, stack.enter_context(open_doors(site))[0], names.key)
        stack.callback(network.smtp.quit)
        join_all(network, the_people(network))
        yield network


def join_all(network, people):
    with network.site.writing() as db:
        mlist = administration.create_list(db, administration.NewList("siecibp", "Sieć BP", language="pl"), CONSOLE, network.site.now())
        for person in people:
            delivery, schedule, _ = way_of(person.name)
            role = {OWNER: "owner", MODERATOR: "moderator"}.get(person.name, "member")
            tongue = "en" if person.name == ENGLISH else "pl"
            add(db, mlist, person.email, network.site.now(), name=person.name, role=role, delivery=delivery, schedule=schedule, language=tongue)
        for slug, title in (("tik", "Lekcje TIK"), ("konkursy", "Konkursy")):
            administration.add_topic(db, mlist, slug, title, CONSOLE, network.site.now(), moderated=slug == "konkursy")
    for person in people:
        person.gets(way_of(person.name)[2])


def set_list(network, **values):
    """The coordinator changes a setting of the list."""
    with network.site.writing() as db:
        administration.set_list(db, list_by_name(db, "siecibp"), values, CONSOLE, network.site.now())


def cast(network):
    """People by their first names."""
    return SimpleNamespace(**{person.email.partition(".")[0]: person for person in network.people.values()})


def thread_of(network, post):
    network.work()
    with network.site.reading() as db:
        return db.scalar(select(Message.thread_id).where(Message.message_id == post.id.strip("<>")))


def thread_ids(network, post):
    """The Message-IDs of a whole thread."""
    with network.site.reading() as db:
        return db.scalars(select(Message.message_id).where(Message.thread_id == thread_of(network, post))).all()


@pytest.mark.only_sqlite
def test_a_spring_of_the_network(the_list):
    """Its days are what takes the time: here the same happens within a few weeks."""
    the_spring(the_list, ("2026-03-10", "2026-03-17"))

    the_list.day("2026-04-02")
    ledger.the_books_balance(the_list, REMINDERS)


@pytest.mark.long
def test_a_year_of_the_network(the_list):
    the_spring(the_list)
    the_rest_of_the_year(the_list)

    the_list.day("2027-03-03")
    ledger.the_books_balance(the_list, REMINDERS)


def the_spring(network, months=("2026-04-07", "2026-05-05")):
    march_begins_with_talk_and_applications(network)
    network.day(months[0])
    april_teaches_moderators_their_words(network)
    network.day(months[1])
    may_holds_what_must_be_held(network)


def the_rest_of_the_year(network):
    summer_brings_pauses_and_holidays(network)
    september_steers_threads_and_digests(network)
    october_has_dead_addresses_spam_and_loops(network)
    november_sees_people_leave_and_come_back(network)
    winter_changes_addresses_and_forgets(network)
    february_invites_and_opens_low_doors(network)
    a_machine_answers_every_letter(network)


# ---- March: talk, and people who want to join -------------------------------------------------------------------


def march_begins_with_talk_and_applications(network):
    who = cast(network)
    cats = who.halina.writes("Książki o kotach", "Kto zna książki o kotach dla klasy drugiej?")
    scans = who.marek.writes("Skaner", "Jaki skaner kupić do czytelni?")
    night = who.jerzy.writes("Noc bibliotek", "Kto robi noc bibliotek w tym roku?", f"siecibp+tik@{DOMAIN}")
    who.oliver.writes("Exchange visit", "Would anybody host two librarians from Leeds in May?")
    network.work()
    one = who.teresa.answers(cats, "„Kot w butach”, oczywiście.")
    who.jolanta.answers(cats, "Mam listę na cztery strony, prześlę.")
    who.ewa.answers(one, "I „Filonek Bezogonek”.")
    who.beata.answers(scans, "Ten, który stoi u nas, działa od ośmiu lat.")
    who.danuta.answers(night, "My robimy, w piątek.")
    network.day("2026-03-05")

    somebody_applies_in_a_plain_letter(network, who)
    somebody_whom_nobody_knows_confirms_and_is_declined(network, who)
    a_name_that_is_misused_gets_one_letter(network, who)
    two_moderators_answer_at_once(network, who)


def somebody_applies_in_a_plain_letter(network, who):
    nina = Person(network, "nina.nowa@example.org", "Nina Nowa")
    nina.writes("prośba", "Dzień dobry, jestem bibliotekarką w Wymyślnej. Czy mogę dołączyć do listy?", MODERATORS, becomes="application")
    assert nina.newest("application-received")
    who.alina.replies("application-moderator", "A w jakiej bibliotece Pani pracuje?")
    nina.replies("application-question", "W pedagogicznej, filia numer dwa.", becomes="application")
    assert "filia numer dwa" in who.zofia.newest("application-answer").text
    who.zofia.replies("application-answer", "Tak, zapraszamy serdecznie.")
    assert nina.newest("welcome")
    nina.gets(Way.EACH)
    assert "Zofia" in who.alina.newest("decided").text


def somebody_whom_nobody_knows_confirms_and_is_declined(network, who):
    jan = Person(network, "jan.obcy@szkola.example.net", "Jan Obcy", proof="unknown")
    jan.writes("zapis", "Chcę dołączyć, sprzedaję meble biblioteczne.", f"siecibp-join@{DOMAIN}", becomes="application")
    assert "meble" not in jan.newest("application-confirm").text, "a first letter says nothing that others have said"
    before = len(who.alina.letters("application-moderator"))
    jan.replies("application-confirm", "to ja", becomes="application")
    assert len(who.alina.letters("application-moderator")) == before + 1
    who.alina.replies("application-moderator", "NIE. Lista jest dla bibliotekarzy, nie dla sprzedawców.")
    assert "nie dla sprzedawców" in jan.newest("application-declined").text


def a_name_that_is_misused_gets_one_letter(network, who):
    victim = Person(network, "ofiara@szkola.example.net", "Ofiara Żartu", proof="unknown")
    before = len(who.alina.mailbox)
    for number in range(4):
        victim.writes("KUP TERAZ", f"KUP TERAZ, okazja numer {number}", MODERATORS, becomes="application")
    assert [network.kind_of(got) for got in victim.mailbox] == ["application-confirm"]
    assert len(who.alina.mailbox) == before, "moderators hear nothing of what nobody has confirmed"
    # And their answering machine confirms nothing.
    victim.replies("application-confirm", "Jestem na urlopie, odpiszę po powrocie.", becomes="discarded", headers=[("Auto-Submitted", "auto-replied")])
    network.work()
    with network.site.reading() as db:
        assert db.scalars(select(Application.state).where(Application.email == victim.email)).all() == [ApplicationState.AWAITING_CONFIRMATION]


def two_moderators_answer_at_once(network, who):
    tomasz = Person(network, "tomasz.lato@example.org", "Tomasz Lato")
    tomasz.writes("Dołączenie", "Dzień dobry, proszę o dopisanie mnie do listy.", MODERATORS, becomes="application")
    mine, hers = who.alina.newest("application-moderator"), who.zofia.newest("application-moderator")
    who.alina.replies(mine, "TAK")
    who.zofia.replies(hers, "NIE, proszę spróbować za rok.")
    assert tomasz.newest("welcome") and not tomasz.letters("application-declined"), "the first answer counts"
    assert "Alina" in who.zofia.newest("decided-already").text
    tomasz.gets(Way.EACH)


# ---- April: one word decides, and everything else asks back -------------------------------------------------------


def april_teaches_moderators_their_words(network):
    who = cast(network)
    a_stranger_is_held_and_nothing_but_a_plain_word_decides(network, who)
    a_word_of_trust_holds_for_what_follows(network, who)
    an_answer_is_taken_back_and_given_again(network, who)
    spam_that_slipped_through_is_called_back_and_barred(network, who)


def a_stranger_is_held_and_nothing_but_a_plain_word_decides(network, who):
    firm = Person(network, "oferta@example.org", "Firma Szafa")
    firm.writes("Oferta", "Oferujemy szafy w dobrych cenach.", becomes="held")
    assert firm.newest("held")
    letter = who.zofia.newest("held-moderator")
    # Somebody who is no moderator has got hold of the letter, another types a token from memory.
    who.halina.replies(letter, "TAK")
    who.marek.writes("Odp: oferta", "TAK", f"r+{'a' * 26}@{DOMAIN}", becomes="answered")
    # The words of our letter stand below; an empty mail; a thought.
    who.zofia.replies(letter, "Zapytam jutro Alinę.")
    who.zofia.replies(letter, "")
    who.alina.replies("held-moderator", "OK, sprawdzę i odpiszę.")
    network.work()
    assert not firm.letters("held-published") and not firm.letters("held-refused")
    assert len(who.zofia.letters("decision-unclear")) == 2
    who.zofia.replies(letter, "NIE, to lista dla bibliotekarzy, bez ofert.")
    assert "bez ofert" in firm.newest("held-refused").text
    firm.replies("held-refused", "Rozumiem, dziękuję.", becomes=None)


def a_word_of_trust_holds_for_what_follows(network, who):
    author = Person(network, "autor@example.org", "Jan Autor")
    author.writes("Spotkanie autorskie", "Chętnie przyjadę do Państwa z nową książką.", becomes="held")
    who.alina.replies("held-moderator", "ZAUFAJ")
    assert author.newest("held-published") and who.alina.newest("decision-done")
    author.writes("Drugie spotkanie", "W maju też mogę.", becomes="posted")


def an_answer_is_taken_back_and_given_again(network, who):
    guest = Person(network, "gosc@example.org", "Gość Zagraniczny")
    guest.writes("Konferencja", "Zapraszam na konferencję we wrześniu.", becomes="held")
    letter = who.zofia.newest("held-moderator")
    who.zofia.replies(letter, "TAK")
    network.minutes(4)
    who.zofia.replies(letter, "COFNIJ")
    assert who.zofia.newest("decision-done")
    assert guest.newest("held-again")
    network.minutes(2)
    # After all: who has had it gets no second copy, and those with digests are told now.
    who.alina.replies("held-moderator", "Tak, proszę.")
    network.minutes(11)
    who.alina.replies("held-moderator", "COFNIJ")
    assert who.alina.newest("decision-late")


def spam_that_slipped_through_is_called_back_and_barred(network, who):
    spammer = Person(network, "pozyczki@example.org", "Pożyczki")
    offer = spammer.writes("Chwilówka", "Pożyczka od ręki.", becomes="held")
    who.alina.replies("held-moderator", "OK")
    network.minutes(1)
    who.alina.replies("held-moderator", "COFNIJ")
    network.work()
    who.zofia.replies("held-moderator", "BLOKUJ")
    network.work()
    network.called_back.add(offer.id.strip("<>"))
    spammer.writes("Chwilówka znowu", "Pożyczka od ręki, jeszcze raz.", becomes="refused")


# ---- May: what is held although its author is known ----------------------------------------------------------------


def may_holds_what_must_be_held(network):
    who = cast(network)
    the_first_post_of_somebody_new_is_read_first(network, who)
    a_topic_is_read_first(network, who)
    what_is_too_big_is_taken_back_by_its_author(network, who)
    a_post_from_the_wrong_address_is_rescued(network, who)
    everything_at_once_stops_the_list(network, who)


def the_first_post_of_somebody_new_is_read_first(network, who):
    # The network's old address, which another domain's server passes on to us.
    set_list(network, first_post="hold", alias="moderator_siecibp@stara.example.net")
    kinga = Person(network, "kinga.zima@example.org", "Kinga Zima")
    kinga.writes("zgłoszenie", "Dzień dobry, znalazłam ten adres w starej broszurze. Chcę dołączyć.", "moderator_siecibp@stara.example.net", becomes="application")
    who.zofia.replies("application-moderator", "Tak, witamy.")
    assert kinga.newest("welcome")
    kinga.gets(Way.EACH)
    first = who.tomasz.writes("Przedstawiam się", "Jestem tu nowy i witam wszystkich.", becomes="held")
    who.alina.replies("held-moderator", "Tak, witamy.")
    assert who.tomasz.newest("held-published")
    network.minutes(30)
    who.krystyna.answers(first, "Witamy serdecznie.", becomes="held")
    who.zofia.replies("held-moderator", "TAK")
    network.work()
    set_list(network, first_post="accept")
    who.tomasz.writes("Jeszcze jedno", "Czy ktoś ma katalog kartek?", becomes="posted")


def a_topic_is_read_first(network, who):
    contest = who.bozena.writes("Konkurs plastyczny", "Ogłaszam konkurs.", f"siecibp+konkursy@{DOMAIN}", becomes="held")
    who.zofia.replies("held-moderator", "TAK")
    network.work()
    who.dorota.answers(contest, "A regulamin?", becomes="held")
    who.zofia.replies("held-moderator", "TAK")
    network.minutes(20)
    who.zofia.answers(contest, "Regulamin jest w sekretariacie.", becomes="posted")


def what_is_too_big_is_taken_back_by_its_author(network, who):
    set_list(network, max_size="150000")
    who.renata.writes("Zdjęcia", "Zdjęcia z wystawy.", files=[("wystawa.bin", bytes(range(256)) * 800)], becomes="held")
    who.renata.replies("held", "WYCOFAJ")
    assert who.renata.newest("held-withdrawn")
    who.renata.writes("Zdjęcia", "Zdjęcia z wystawy są na stronie biblioteki.", files=[("spis.txt", b"1. otwarcie")], becomes="posted")
    # Two recipients of one list are one post, filed under the topic; the double is known.
    who.iwona.writes("Spis", "Spis lektur w załączniku.", f"{LIST}, siecibp+tik@{DOMAIN}", files=[("lektury.pdf", b"%PDF-1.4 lektury")], becomes=None)


def a_post_from_the_wrong_address_is_rescued(network, who):
    elsewhere = {"sender": "Halina Okładka <halina.okladka@poczta.example.net>", "mail_from": "halina.okladka@poczta.example.net"}
    who.halina.writes("Pytanie z domu", "Piszę z domu: czy mamy już salę?", becomes="held", **elsewhere)
    stranger = network.boxes["halina.okladka@poczta.example.net"]
    who.halina.replies("held-yours", "TAK")
    assert who.halina.newest("held-yours-done")
    assert len(stranger) <= 2 and not any("held-yours" in network.kind_of(got) for got in stranger)
    network.minutes(5)
    who.halina.writes("Już wiem", "Salę mamy, dziękuję.", becomes="posted", **elsewhere)
    # Somebody else under a member's name is none of theirs.
    imposter = {"sender": "Marek Regał <marek.regal@poczta.example.net>", "mail_from": "marek.regal@poczta.example.net"}
    who.marek.writes("Pilne", "Proszę o kody do bramki.", becomes="held", **imposter)
    who.marek.replies("held-yours", "Nie, to nie ja.")
    assert "Marek" in who.zofia.newest("held-disowned").text
    who.zofia.replies("held-disowned", "NIE, to nie nasza wiadomość.")
    network.work()


def everything_at_once_stops_the_list(network, who):
    set_list(network, emergency="yes")
    who.celina.writes("Gazetka", "Kto ma gazetkę na czerwiec?", becomes="held")
    network.work()
    set_list(network, emergency="no")
    who.zofia.replies("held-moderator", "TAK")
    network.work()


# ---- June to August: pauses, digests, holidays ---------------------------------------------------------------------


def summer_brings_pauses_and_holidays(network):
    who = cast(network)
    network.day("2026-06-15")
    who.irena.asks("PRZERWA DO 15.08")
    who.irena.gets(Way.LATER)
    who.lucja.asks("Dzień dobry, bardzo proszę o przerwę na dwa tygodnie. Dziękuję, Łucja")
    who.lucja.gets(Way.LATER)
    who.grazyna.asks("TYLKO ARCHIWUM")
    who.grazyna.gets(Way.NOTHING)
    # Nobody can vouch for her mail: she is asked back once.
    who.wanda.asks("TYGODNIOWO")
    assert who.wanda.newest("confirm-settings")
    who.wanda.replies("confirm-settings", "TAK")
    who.wanda.gets(Way.DIGEST)
    who.monika.asks("DZIENNIE O 18")
    who.monika.gets(Way.DIGEST)
    network.day("2026-06-17")
    summer = who.sylwia.writes("Lektury na lato", "Co czytają Państwo latem?")
    who.edyta.answers(summer, "Kryminały.")
    network.day("2026-06-30")
    who.lucja.gets(Way.EACH)
    who.lucja.answers(summer, "Wróciłam, i też kryminały.")
    a_moderator_goes_on_holiday(network, who)
    network.day("2026-08-01")
    who.monika.asks("KAŻDĄ")
    who.monika.gets(Way.EACH)
    who.aneta.answers(summer, "Poezję.")
    network.day("2026-08-18")
    who.irena.gets(Way.EACH)
    who.izabela.writes("Rok szkolny", "Od września nowe godziny.")
    network.day("2026-09-01")
    assert len(who.irena.letters("digest")) == 1, "one letter tells of the pause"


def a_moderator_goes_on_holiday(network, who):
    """Her machine answers everything for three weeks, copies too, and decides nothing."""
    network.day("2026-07-06")
    said = "Jestem na urlopie do 26 lipca. W pilnych sprawach proszę pisać do Zofii. Tak, na pewno odpiszę."
    who.alina.machine = answering(network, said)
    holiday = who.kazimiera.writes("Wakacje", "Biblioteka jest otwarta do południa.")
    stranger = Person(network, "wakacje@example.org", "Biuro Wakacje")
    stranger.writes("Wczasy", "Wczasy dla nauczycieli.", becomes="held")
    robert = Person(network, "robert.jesien@example.org", "Robert Jesień")
    robert.writes("Lista", "Proszę mnie dopisać do listy.", MODERATORS, becomes="application")
    network.day("2026-07-27")
    who.alina.machine = None
    # Nobody decided meanwhile: both moderators were reminded after 2, 7, 14 and 21 days, in one letter a day, and the applicant heard that it waits.
    assert len(who.zofia.letters("several-wait")) == 4
    assert robert.newest("application-waiting")
    assert not stranger.letters("held-published") and not robert.letters("welcome")
    who.alina.replies("held-moderator", "NIE, dziękujemy.")
    who.alina.replies("application-moderator", "TAK")
    assert robert.newest("welcome")
    robert.gets(Way.EACH)
    who.urszula.answers(holiday, "U nas też.")


def answering(network, words):
    """A machine that says what it is, and answers the envelope, once for each letter."""

    def machine(person, got):
        subject = f"Odpowiedź automatyczna: {got.mail['Subject']}"
        message = [("Auto-Submitted", "auto-replied (vacation)")]
        person.writes(subject, words, got.sender, becomes="discarded", refs=[got.id] if got.id else [], headers=message, mail_from="")

    return machine


# ---- September: threads and digests ---------------------------------------------------------------------------------


def september_steers_threads_and_digests(network):
    who = cast(network)
    network.day("2026-09-07", 12)
    plans = who.malgorzata.writes("Plan pracy", "Czy mają Państwo wzór planu pracy?")
    quiz = who.lidia.writes("Quiz czytelniczy", "Układam quiz, kto pomoże?")
    network.work()
    muted, followed = thread_of(network, plans), thread_of(network, quiz)
    who.stanislaw.answers(plans, "WYCISZ", becomes="answered")
    network.work()
    who.stanislaw.muted.add((muted, next(network.order)))
    who.elzbieta.asks("OBSERWUJ „Quiz czytelniczy”")
    assert "Quiz czytelniczy" in str(who.elzbieta.newest("thread").mail["Subject"])
    who.elzbieta.followed.add((followed, next(network.order)))
    who.joanna.answers(plans, "Mam, wysyłam jutro.")
    who.agnieszka.answers(quiz, "Ja pomogę.")
    network.day("2026-09-08", 12)
    digests_are_answered(network, who, plans)
    who.barbara.asks("PRZYŚLIJ WĄTEK Plan pracy")
    network.work()
    who.barbara.asked_again.update(thread_ids(network, plans))
    questions_are_answered(network, who)


def digests_are_answered(network, who, plans):
    digest = who.jolanta.newest("digest")
    who.jolanta.replies(digest, "1: Ja też poproszę o wzór.", becomes="posted")
    who.maria.replies("digest", "A kiedy to będzie?", becomes="draft")
    which = who.maria.newest("digest-which")
    who.maria.replies(which, "1")
    network.work()
    assert len(thread_ids(network, plans)) == 4
    who.felicja.asks("CODZIENNIE O 6")
    # Wanda has a weekly digest, whose foot offers words.
    network.day("2026-09-14", 9)
    who.wanda.replies("digest", "2: Chętnie pomogę w quizie.", becomes="posted")


def questions_are_answered(network, who):
    who.magdalena.asks("SZUKAJ quiz")
    assert "Quiz czytelniczy" in who.magdalena.newest("found").text
    who.lidia.asks("Gdzie jest moja wiadomość?")
    assert "Quiz czytelniczy" in who.lidia.newest("my-posts").text
    who.krystyna.asks("POMOC")
    assert LIST in who.krystyna.newest("help").text
    who.katarzyna.asks("Co słychać?")
    who.oliver.asks("SETTINGS")
    assert who.oliver.newest("settings")
    who.beata.asks("MOJE DANE")
    who.beata.replies("confirm-settings", "Tak")
    assert who.beata.newest("my-data")


# ---- October: dead addresses, spam, loops ----------------------------------------------------------------------------


def october_has_dead_addresses_spam_and_loops(network):
    who = cast(network)
    network.day("2026-10-05")
    an_address_dies_and_comes_back(network, who)
    a_full_mailbox_is_forgiven(network, who)
    spam_and_machines_reach_nobody(network, who)
    two_machines_in_a_ring_fall_silent(network, who)


def report(network, copy, status, text):
    """What a mail server says that could not deliver a copy."""
    id = network.new_id()
    lines = [
        "From: MAILER-DAEMON@mx.example.net", f"To: {copy.sender}", f"Message-ID: {id}", "Subject: Undelivered Mail Returned to Sender", "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"', "", "--b", "Content-Type: text/plain", "", "Nie udało się.", "",
        "--b", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.example.net", "",
        "Final-Recipient: rfc822; somebody@example.org", f"Action: {'failed' if status[0] == '5' else 'delayed'}", f"Status: {status}",
        f"Diagnostic-Code: smtp; 550 {status} {text}", "", "--b--", "",
    ]
    network.bring("\r\n".join(lines).encode(), copy.sender, becomes="bounce", id=id)


def an_address_dies_and_comes_back(network, who):
    news = who.edyta.writes("Nowości", "Lista nowości w czytelni.")
    network.work()
    copy = who.dorota.copy_of(news)
    report(network, copy, "5.1.1", "no such user")
    # What was posted meanwhile comes in one digest once mail goes there again.
    who.dorota.gets(Way.LATER)
    who.edyta.answers(news, "Jeszcze jedna pozycja.")
    network.day("2026-10-09")
    who.dorota.asks("WRACAM")
    who.dorota.gets(Way.EACH)
    who.edyta.answers(news, "I jeszcze jedna.")
    network.work()


def a_full_mailbox_is_forgiven(network, who):
    note = who.izabela.writes("Oprawa", "Kto oprawia książki?")
    network.work()
    copy = who.danuta.copy_of(note)
    report(network, copy, "4.2.2", "mailbox full")
    who.celina.answers(note, "My, w piwnicy.")
    network.work()


def spam_and_machines_reach_nobody(network, who):
    network.day("2026-10-12")
    who.kazimiera.writes("Wygrana", "Kliknij tutaj.", becomes="held", headers=[("X-Spam-Flag", "YES")], proof="unknown")
    who.zofia.replies("held-moderator", "BLOKUJ")
    network.work()
    assert not who.kazimiera.letters("held-refused")
    cron = Person(network, "cron@example.org", "Zegar")
    cron.writes("Kopia zapasowa", "Kopia wykonana.", becomes="discarded", headers=[("Auto-Submitted", "auto-generated")])
    who.aneta.writes("Wraca", "To już było na liście.", becomes="discarded", headers=[("X-Loop", LIST)])
    double = who.urszula.writes("Dwa razy", "Wysłało się dwa razy.")
    who.urszula.writes("Dwa razy", "Wysłało się dwa razy.", becomes="discarded", id=double.id)
    # Not for everybody: she is asked, and stays.
    who.monika.writes("wypis", "Proszę mnie wypisać z listy.", becomes="answered")
    who.monika.replies("leave-confirm", "NIE")
    held = len(who.krystyna.letters("held"))
    who.krystyna.writes("Przelew", "Proszę o przelew na konto.", becomes="held", proof="forged")
    who.zofia.replies("held-moderator", "NIE")
    network.work()
    assert len(who.krystyna.letters("held")) == held, "nobody is told of what was done in their name"
    Person(network, "biuro@example.org", "Biuro").writes("Reklamacja", "Dzień dobry, gdzie jest regulamin?", f"postmaster@{DOMAIN}", becomes="forwarded")
    who.lidia.writes("pytanie", "Czy ktoś to czyta?", f"noreply@{DOMAIN}", becomes="answered")
    who.halina.writes("Do moderatorów", "Kiedy spotkanie?", MODERATORS, becomes="forwarded")
    assert "Kiedy spotkanie" in who.alina.newest("contact").text


def two_machines_in_a_ring_fall_silent(network, who):
    """A help desk that says of nothing that it is a machine, answers whatever comes, and applies for the list by it."""
    desk = Person(network, "helpdesk@example.org", "Help Desk")

    def machine(person, got):
        to = str(got.mail["Reply-To"] or got.mail["From"].addresses[0].addr_spec)
        person.writes(f"Re: {got.mail['Subject']}", "Dziękujemy, Państwa sprawa została przyjęta i otrzymała swój numer.", to, becomes=None)

    desk.machine = machine
    desk.writes("Zapytanie", "Prosimy o informacje na temat oferty Państwa biblioteki.", f"siecibp-help@{DOMAIN}", becomes="answered")
    network.work()
    desk.machine = None
    assert len(desk.mailbox) <= 3


# ---- November: leaving ------------------------------------------------------------------------------------------------


def november_sees_people_leave_and_come_back(network):
    who = cast(network)
    network.day("2026-11-03")
    farewell = who.ewa.writes("Do widzenia", "Odchodzę na emeryturę.")
    network.work()
    who.ewa.writes("", "Proszę mnie wypisać, odchodzę na emeryturę.", f"siecibp-leave@{DOMAIN}", becomes="answered")
    assert "emeryturę" in who.zofia.newest("left-reason").text
    who.ewa.gets(Way.OUT)
    # By the button of a mail program: the address stands in the copy's List-Unsubscribe.
    copy = who.aneta.copy_of(farewell)
    button = str(copy.mail["List-Unsubscribe"]).partition("mailto:")[2].partition(">")[0]
    who.aneta.writes("unsubscribe", "unsubscribe", button, becomes="answered")
    who.aneta.gets(Way.OUT)
    assert who.aneta.newest("left")
    who.teresa.answers(farewell, "Wszystkiego dobrego.")
    # And as mail services do it, by one POST without a cookie; what she has not been told by then is not told any more.
    network.day("2026-11-04", 9)
    link = str(who.felicja.newest("digest").mail["List-Unsubscribe"]).partition(f"https://{DOMAIN}")[2].partition(">")[0]
    client = create_app(network.site).test_client()
    assert client.post(link, data={"List-Unsubscribe": "One-Click"}, base_url=f"https://{DOMAIN}").status_code == 200
    who.felicja.gets(Way.OUT)
    assert who.felicja.newest("left")
    network.day("2026-11-05")
    who.aneta.replies("left", "WRACAM")
    who.aneta.gets(Way.EACH)
    somebody_writes_from_an_address_that_nobody_knows(network, who, farewell)
    who.leokadia.answers(farewell, "I zdrowia.")
    network.work()


def somebody_writes_from_an_address_that_nobody_knows(network, who, farewell):
    """Which address is on the list? The copy that she forwards tells."""
    other = Person(network, "biblioteka4@szkola.example.net", "Biblioteka", proof="unknown")
    copy = who.izabela.copy_of(farewell)
    other.writes("wypis", "Proszę mnie wypisać z listy.", f"siecibp-leave@{DOMAIN}", becomes="answered", files=[("wiadomosc.eml", copy.data)])
    assert who.izabela.email not in other.newest("not-a-member").text
    who.izabela.replies("leave-confirm", "TAK")
    who.izabela.gets(Way.OUT)
    assert who.izabela.newest("left")


# ---- Winter: addresses change, and people are forgotten ------------------------------------------------------------------


def winter_changes_addresses_and_forgets(network):
    who = cast(network)
    network.day("2026-12-07")
    new = Person(network, "joanna.atlas@nowa.example.org", "Joanna Atlas")
    who.joanna.asks("ADRES joanna.atlas@nowa.example.org")
    new.replies("address-switch", "TAK")
    who.joanna.gets(Way.OUT)
    new.gets(Way.EACH)
    wishes = who.renata.writes("Życzenia", "Spokojnych świąt.")
    network.day("2026-12-08")
    who.agnieszka.asks("USUŃ MOJE DANE")
    assert who.agnieszka.newest("erasure-asked")
    who.agnieszka.replies("erasure-asked", "COFNIJ")
    assert who.agnieszka.newest("erasure-stopped")
    # What still waits of somebody who goes is decided by that.
    who.barbara.writes("Konkurs recytatorski", "Kto zgłasza uczniów?", f"siecibp+konkursy@{DOMAIN}", becomes="held")
    who.barbara.asks("USUŃ MOJE DANE")
    new.answers(wishes, "Wzajemnie.")
    network.day("2026-12-20")
    who.barbara.gets(Way.OUT)
    with network.site.reading() as db:
        assert address_by_key(db, who.barbara.email) is None
    network.day("2027-01-11")
    who.marek.writes("Nowy rok", "Ferie już za dwa tygodnie.")


# ---- February: invitations, and doors for the shy --------------------------------------------------------------------------


def february_invites_and_opens_low_doors(network):
    who = cast(network)
    network.day("2027-02-02", 12)
    people_are_invited_by_a_line_each(network, who)
    a_letter_to_the_moderators_is_no_application(network, who)
    a_post_is_seen_by_its_author_first(network, who)
    somebody_asks_without_a_name(network, who)
    thanks_go_to_whom_they_are_meant_for(network, who)
    network.day("2027-02-09")


def people_are_invited_by_a_line_each(network, who):
    ola, piotr = Person(network, "ola.wiosna@example.org", "Ola Wiosna"), Person(network, "piotr.luty@example.org", "Piotr Luty")
    lines = f"ZAPROŚ\n\nOla Wiosna <{ola.email}> – jak rozmawiałyśmy w czerwcu\n{piotr.email} Piotr Luty\n{who.halina.email}\n"
    who.zofia.writes("Zaproszenia", lines, MODERATORS, becomes="answered")
    network.work()
    if not ola.letters("invitation"):
        who.zofia.replies("bulk-look", "TAK")
    assert "w czerwcu" in ola.newest("invitation").text
    ola.replies("invitation", "Tak, chętnie dołączę.")
    assert ola.newest("welcome")
    ola.gets(Way.EACH)
    piotr.replies("invitation", "NIE")
    network.work()
    assert not who.halina.letters("invitation")
    ola.writes("Dzień dobry", "Jestem tu od dziś i dziękuję za zaproszenie. Kto uczy o bajkach?")
    network.work()


def a_letter_to_the_moderators_is_no_application(network, who):
    press = Person(network, "gazeta@example.org", "Gazeta Wymyślna")
    press.writes("Pytanie", "Kiedy odbędzie się spotkanie? Chcemy o nim napisać.", MODERATORS, becomes="application")
    who.alina.replies("application-moderator", "To nie zgłoszenie.")
    assert "napisać" in who.zofia.newest("letter-after-all").text
    assert not press.letters("application-declined")


def a_post_is_seen_by_its_author_first(network, who):
    who.magdalena.writes("Ankieta", "PODGLĄD\n\nProszę o wypełnienie ankiety do piątku.", becomes="draft")
    assert "ankiety do piątku" in who.magdalena.newest("preview").text
    who.magdalena.replies("preview", "OK")
    network.work()
    who.sylwia.writes("Pomyłka", "PODGLĄD\n\nTo miało być do kogoś innego.", becomes="draft")
    who.sylwia.replies("preview", "NIE")
    assert "do kogoś innego" in who.sylwia.newest("preview-dropped").text, "no words are lost"


def somebody_asks_without_a_name(network, who):
    asked = who.celina.writes("Pytanie", "ANONIMOWO\n\nJak odmówić dyrekcji dyżuru w sobotę?", MODERATORS, becomes="forwarded")
    network.nameless.add(asked.id)
    letter = who.zofia.newest("unnamed-moderator")
    assert "w sobotę" in letter.text and "Celina" not in letter.text and who.celina.email not in letter.text
    who.zofia.replies(letter, "TAK")
    network.minutes(15)
    network.keep_calendar()


def thanks_go_to_whom_they_are_meant_for(network, who):
    set_list(network, thanks="collect")
    tip = who.marek.writes("Rada na luty", "Wietrzcie Państwo magazyn.")
    network.work()
    who.lidia.answers(tip, "Dziękuję!", becomes="answered")
    who.teresa.answers(tip, "Dziękuję bardzo :)", becomes="answered")
    assert who.lidia.newest("thanks-receipt")
    who.teresa.replies("thanks-receipt", "WYŚLIJ")
    who.jolanta.answers(tip, "Dziękuję, a jak długo?", becomes="posted")
    network.day("2027-02-03", 18)
    assert "Lidia" in who.marek.newest("thanks-told").text


# ---- A machine for every letter --------------------------------------------------------------------------------------------


def a_machine_answers_every_letter(network):
    """The newest letter of each kind is answered by a machine that says so and by one that does not: nothing happens, nobody is told."""
    network.work()
    newest = {network.kind_of(got): (person, got) for person in network.people.values() for got in person.mailbox if answers_to(got).endswith(DOMAIN)}
    before, letters = standing(network), len(network.sink.mails)
    for person, got in newest.values():
        headers = [("Auto-Submitted", "auto-replied")]
        person.replies(got, "Jestem na urlopie do 15 lutego.", becomes="discarded", headers=headers)
        person.replies(got, "Jestem na urlopie. W sprawach pilnych proszę o kontakt z sekretariatem.", becomes="discarded", headers=[("Subject", f"Odpowiedź automatyczna: {got.mail['Subject']}")])
    network.work()
    assert len(newest) > 30
    assert standing(network) == before
    assert len(network.sink.mails) == letters


def answers_to(got):
    """Where a reply goes; letters that pass on what somebody wrote are answered to them."""
    mail = got.mail
    return str(mail["Reply-To"] or mail["From"].addresses[0].addr_spec)


def standing(network):
    """How things stand: who is on the list and how, what waits, what is published."""
    from listserv.store.members import Member
    from listserv.store.moderation import Held

    with network.site.reading() as db:
        members = db.execute(select(Member.id, Member.role, Member.delivery, Member.status, Member.schedule, Member.address_id)).all()
        cases = [*db.execute(select(Held.id, Held.state)).all(), *db.execute(select(Application.id, Application.state)).all()]
        return members, cases, db.execute(select(Message.id, Message.hidden_at)).all()
