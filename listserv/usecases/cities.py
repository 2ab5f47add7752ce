"""Time zones by their cities, as people type them: `Warszawa`, `new york`, `Nowy Jork`."""

from functools import cache
from zoneinfo import available_timezones

from listserv.words.folding import fold

# Where the city of a zone has another name in Polish, and large cities that give no zone its name.
POLISH = {
    "Europe/Warsaw": "Warszawa Polska Kraków Łódź Wrocław Poznań Gdańsk Szczecin Lublin Katowice Białystok",
    "Europe/London": "Londyn",
    "Europe/Paris": "Paryż",
    "Europe/Vienna": "Wiedeń",
    "Europe/Prague": "Praga",
    "Europe/Rome": "Rzym",
    "Europe/Madrid": "Madryt",
    "Europe/Moscow": "Moskwa",
    "Europe/Kyiv": "Kijów Lwów",
    "Europe/Vilnius": "Wilno",
    "Europe/Riga": "Ryga",
    "Europe/Athens": "Ateny",
    "Europe/Brussels": "Bruksela",
    "Europe/Copenhagen": "Kopenhaga",
    "Europe/Stockholm": "Sztokholm",
    "Europe/Lisbon": "Lizbona",
    "Europe/Budapest": "Budapeszt",
    "Europe/Bucharest": "Bukareszt",
    "Europe/Zurich": "Zurych",
    "Europe/Belgrade": "Belgrad",
    "Europe/Istanbul": "Stambuł",
    "America/New_York": "Nowy_Jork Waszyngton",
    "Asia/Tokyo": "Tokio",
    "Asia/Shanghai": "Pekin Szanghaj",
    "Asia/Jerusalem": "Jerozolima",
}


def zone_of(city: str) -> str:
    """The zone of a city, in English or Polish, with accents or without; empty where none or several are called so."""
    return _zones().get(_plain(city), "")


def _plain(name: str) -> str:
    return fold(" ".join(name.replace("_", " ").split()))


@cache
def _zones() -> dict[str, str]:
    found: dict[str, str] = {}
    for zone in sorted(available_timezones()):
        if "/" in zone and not zone.startswith(("Etc/", "posix/", "right/", "SystemV/", "US/")):
            city = _plain(zone.rpartition("/")[2])
            # Two cities of one name tell nobody apart.
            found[city] = "" if city in found else zone
    return found | {_plain(city): zone for zone, cities in POLISH.items() for city in cities.split()}
