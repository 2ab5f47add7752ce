"""A digest with a little of everything."""

from datetime import datetime, timedelta, timezone
from typing import Any

from digests.entries import Entry, File, Filed, Item, Kept, Question, Thanked

WARSAW = timezone(timedelta(hours=1))
LONG_POST = (
    "Przećwiczone dziś w piątej „b”. Krok trzeci rozdzieliłem na dwa, bo dzwonek nie chciał czekać. Reszta bez zmian.\n\n"
    "Zaczynamy od jednego pytania na grupę, najlepiej takiego, na które wyszukiwarka odpowiada źle. Potem pięć minut z minutnikiem na ekranie: "
    "każda para zapisuje trzy strony i jedno zdanie, dlaczego im ufa. Nie poprawiam, tylko dopisuję na tablicy słowa, którymi to uzasadniają.\n\n"
    "Na końcu głosowanie: której stronie wierzymy. W tej klasie wygrał sklep, który udawał poradnik, więc było o czym rozmawiać. Karta druga "
    "(„kto to napisał i po co”) wyszła sama, nie trzeba było jej rozdawać.\n\n"
    "Co bym zmienił: mniej tekstu na karcie pierwszej, większe okienka do pisania i miejsce na imię. Sprawdzę jeszcze wersję bez komputera, "
    "z wydrukowanymi wynikami wyszukiwania, bo w środę sala jest zajęta. Dam znać, jak poszło, i dołączę zdjęcia tablicy, jeśli klasa się zgodzi. "
    "Kto chce, niech bierze i zmienia, tylko proszę odpisać tutaj, co się nie sprawdziło: zbiorę uwagi i pod koniec maja wyślę wersję drugą."
)
ENTRIES = (
    Entry(
        "Scenariusze lekcji TIK",
        "https://listy.example.org/siecibp/thread/1",
        (
            Item(
                101,
                "Jan Przypis",
                datetime(2026, 3, 2, 18, 40, tzinfo=WARSAW),
                LONG_POST,
                "https://listy.example.org/siecibp/message/JP",
            ),
            Item(
                102,
                "Ewa Fiszka",
                datetime(2026, 3, 2, 19, 22, tzinfo=WARSAW),
                "Dołączam wersję z kartami pracy.",
                "https://listy.example.org/siecibp/message/EF",
                files=(File("karty-pracy.pdf", "https://listy.example.org/siecibp/message/EF/attachment/1", 655_360),),
            ),
        ),
        topic="Lekcje i warsztaty",
    ),
    Entry(
        "Spotkanie w czerwcu: w Łodzi czy przez sieć?",
        "https://listy.example.org/siecibp/thread/2",
        (Item(120, "Zofia Lektura", datetime(2026, 3, 3, 6, 15, tzinfo=WARSAW), "Zbieram głosy do piątku.", "https://listy.example.org/siecibp/message/ZL"),),
    ),
    Entry(
        "Czy ktoś ma dobrą licencję na e-booki dla szkół?",
        "https://listy.example.org/siecibp/thread/3",
        (
            Item(
                130,
                "Barbara Półka",
                datetime(2026, 3, 3, 5, 15, tzinfo=WARSAW),
                "Szukamy czegoś, co da się wypożyczać na czytniki uczniów, bez kont w zagranicznym serwisie. Chętnie dowiem się też, czego nie brać.",
                "https://listy.example.org/siecibp/message/BP",
            ),
        ),
        topic="Zbiory i katalog",
        waits=True,
    ),
)
# What stands in it beside the news.
BESIDE: dict[str, Any] = {
    "questions": (
        Question(
            90,
            "Jak opisać w katalogu grę planszową bez pudełka?",
            "Paweł Indeks",
            "Dostaliśmy w darze dwanaście gier, połowa w woreczkach. Czy ktoś ma wzór opisu?",
            "https://listy.example.org/siecibp/message/PI",
            5,
        ),
        Question(91, "Kto wymieni komiksy historyczne?", "Irena Czytelna", "", "https://listy.example.org/siecibp/message/IC", 8),
    ),
    "kept": (
        Kept(File("karty-pracy.pdf", "https://listy.example.org/siecibp/message/EF/attachment/1", 655_360), "Ewa Fiszka"),
        Kept(File("regulamin-wypożyczeń-2026.docx", "https://listy.example.org/siecibp/message/ZL/attachment/1", 81_920), "Zofia Lektura"),
    ),
    "newcomers": ("Anna Nowa", "Jan Nowy"),
    "filed": (
        Filed(12, "Regulamin wypożyczania czytników", "Zofia Lektura", "https://listy.example.org/siecibp/materials/12"),
        Filed(11, "Karty pracy: źródła w sieci", "Ewa Fiszka", "https://listy.example.org/siecibp/materials/11"),
    ),
    "bank_address": "siecibp-bank@listy.example.org",
    "thanks": (Thanked(("Halina Okładka", "Marek Regał"), "Ewa Fiszka", "Scenariusze lekcji TIK", "https://listy.example.org/siecibp/message/EF"),),
}
