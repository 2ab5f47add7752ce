"""Notices of absence that no field marks as such, and people who say that they are away."""

import pytest

from listserv.mail.absence import is_notice
from listserv.mail.parse import parse
from tests.office import mail

NOTICES = [
    "Dzień dobry,\n\nprzebywam na urlopie do 15 marca. W pilnych sprawach proszę o kontakt z sekretariatem, tel. 12 345 67 89.\n\nPozdrawiam\nJan Przypis",
    "Dziękuję za wiadomość. Do 15 marca przebywam na urlopie i nie mam dostępu do poczty. Odpowiem po powrocie.\n\nJan Przypis",
    "Dzień dobry,\nJestem na zwolnieniu lekarskim do 20.03.2026. Zastępuje mnie Ewa Fiszka.",
    "Nie ma mnie w pracy do piątku. Odpowiem na wiadomość po powrocie.",
    "Thank you for your message. I am out of the office until 15 March with limited access to email. For urgent matters please contact Ann.",
    "I am on annual leave until Monday and will be back then. I will reply to your message when I return.",
]
PEOPLE = [
    "Jadę na urlop do 15 lipca, proszę o wyniki ankiety po tym czasie.",
    "Jestem na urlopie, ale mogę przysłać scenariusz w poniedziałek.",
    "Przebywam na urlopie do piątku; czy w pilnych sprawach mogę dzwonić do Pani?",
    "W pilnych sprawach proszę dzwonić do sekretariatu konkursu.",
    "Kto mnie zastąpi na dyżurze?",
    "I will reply to the survey when I am back.",
    "Przebywam na urlopie i odpowiem po powrocie. " + "A teraz o konkursie, bo jest o czym pisać. " * 10,
]


@pytest.mark.parametrize("words", NOTICES)
def test_a_notice_is_known_by_what_is_to_be_done_meanwhile(words):
    assert is_notice(parse(mail("jan@example.org", "siecibp@lists.example.org", "Re: Konkurs", words)))


@pytest.mark.parametrize("words", PEOPLE)
def test_who_says_that_they_are_away_speaks_to_people(words):
    assert not is_notice(parse(mail("jan@example.org", "siecibp@lists.example.org", "Re: Konkurs", words)))
