"""When digests are to come, in the words of people: no day is dropped, and what is not plain sets nothing."""

import pytest

from listserv.mail import commandlines, halfheard, schedulewords
from listserv.mail.commands import Kind, commands, has_strange_schedule
from listserv.mail.folding import fold

WORKING = "weekly mon,tue,wed,thu,fri 07:00"
READ = {
    "w dni robocze o 7": WORKING,
    "W dni powszednie": WORKING,
    "od poniedziałku do piątku": WORKING,
    "codziennie od poniedziałku do piątku o 6.30": "weekly mon,tue,wed,thu,fri 06:30",
    "pn-pt 8:00": "weekly mon,tue,wed,thu,fri 08:00",
    "every weekday at 7": WORKING,
    "Monday to Friday, please": WORKING,
    "w piątki": "weekly fri 07:00",
    "przegląd w piątki": "weekly fri 07:00",
    "Proszę o przegląd w piątek o godz. 15": "weekly fri 15:00",
    "PRZEGLĄD WE WTORKI O 16": "weekly tue 16:00",
    "przegląd w poniedziałki i czwartki": "weekly mon,thu 07:00",
    "w poniedziałki i czwartki o 7": "weekly mon,thu 07:00",
    "w każdą środę rano": "weekly wed 07:00",
    "w weekendy": "weekly sat,sun 07:00",
    "tygodniowo w soboty i niedziele po południu": "weekly sat,sun 16:00",
    "codziennie w południe": "daily 12:00",
    "codziennie o 7 rano": "daily 07:00",
    "codziennie o 7 wieczorem": "daily 19:00",
    "codziennie wieczorem": "daily 19:00",
    "przegląd o 16": "daily 16:00",
    "pierwszego dnia miesiąca": "monthly 1 07:00",
    "ostatniego dnia miesiąca o 8": "monthly 31 08:00",
    "miesięcznie 15": "monthly 15 07:00",
    "on the first of each month": "monthly 1 07:00",
    "weekly tue": "weekly tue 07:00",
    "weekly tue,thu 18:00": "weekly tue,thu 18:00",
    "daily 07:00": "daily 07:00",
    "monthly 1 07:00": "monthly 1 07:00",
    "digest on tuesdays at 5": "weekly tue 05:00",
    "digest tuesdays at 5 pm": "weekly tue 17:00",
    "fridays": "weekly fri 07:00",
    "every day at noon": "daily 12:00",
}
# Asked back: each would lose a word as any schedule that we have.
UNCLEAR = [
    *("codziennie w piątki", "codziennie oprócz weekendów", "przegląd w dni robocze, ale nie w środy", "przegląd w piątki lub soboty", "codziennie o 7 i o 19"),
    *("przegląd co drugi piątek", "digest every other friday", "miesięcznie w pierwszy poniedziałek", "weekly tuesday or friday", "poproszę tygodniowo 15. dnia"),
    *("Poproszę raz dziennie, ale nie w weekend", "tygodniowo w piątki\ntygodniowo w środy", "I'd like a weekly digest on the 15th, please"),
]
# Said to people, or of one day.
NOTHING = [
    *("w piątek", "w piątek o 15", "w weekend", "o 7", "rano", "dziennie 3 wizyty", "codziennie o 25", "tygodniowo w maju", "daily bread", "monthly fee 15 zł"),
    *("Spotykamy się we wtorki o 18", "Czynne w poniedziałki i środy", "The library opens on Mondays", "tygodniowo 15.08", "każdą", "przegląd prasy w piątki"),
]


def plain_set(words):
    """The schedules that these words set."""
    return [one.words for one in commands(words) if one.kind in (Kind.DAILY, Kind.WEEKLY, Kind.MONTHLY) and one.words != halfheard.UNCLEAR]


@pytest.mark.parametrize("strip", [str, fold])
def test_schedules_are_read_with_and_without_diacritics(strip):
    assert {words: plain_set(strip(words)) for words in READ} == {words: [when] for words, when in READ.items()}


def test_what_would_lose_a_day_sets_nothing_and_is_asked_back():
    assert {words: plain_set(words) for words in UNCLEAR} == {words: [] for words in UNCLEAR}
    asked_back = {words for words in UNCLEAR if has_strange_schedule(words) or any(one.unheard for one in commands(words))}
    assert asked_back == set(UNCLEAR)


def test_days_of_something_else_are_no_wish():
    assert {words for words in NOTHING if schedulewords.read(fold(words)) or commandlines.read(words) or plain_set(words)} == set()


def test_days_alone_are_only_a_guess_and_belong_to_the_wish_that_stands_beside_them():
    assert [one.guessed for one in commands("w piątki")] == [True]
    assert plain_set("Poproszę codziennie.\nW dni robocze o 9.\n\nAnna") == ["weekly mon,tue,wed,thu,fri 09:00"]
    assert {one.kind for one in commands("co najmniej 3 wiadomości")} == {Kind.AT_LEAST}
