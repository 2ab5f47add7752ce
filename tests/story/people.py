"""Who is on the list of the example network: forty people, their mailboxes and mail programs. All of them are invented."""

from itertools import cycle

from listserv.mail.folding import fold
from tests.story.clients import POLISH, english
from tests.story.network import SIGNING, Person, Way

OWNER, MODERATOR = "Alina Zakładka", "Zofia Lektura"
MEMBERS = (
    *("Halina Okładka", "Marek Regał", "Teresa Katalog", "Irena Czytelnia", "Jerzy Fiszka", "Wanda Kartoteka", "Łucja Strona", "Grażyna Księga"),
    *("Bożena Rozdział", "Stanisław Wers", "Krystyna Tom", "Danuta Półka", "Ewa Litera", "Jolanta Bajka", "Elżbieta Nuta", "Maria Gazeta"),
    *("Joanna Atlas", "Agnieszka Legenda", "Barbara Rycina", "Magdalena Szkic", "Monika Notatka", "Katarzyna Zeszyt", "Dorota Pióro"),
    *("Renata Kałamarz", "Beata Atrament", "Iwona Papier", "Urszula Karta", "Małgorzata Tytuł", "Lidia Autorska", "Sylwia Redakcja", "Edyta Korekta"),
    *("Aneta Druk", "Izabela Oprawa", "Celina Ekslibris", "Felicja Antykwa", "Kazimiera Zbiór", "Leokadia Sygnatura"),
)
ENGLISH = "Oliver Paige"
# Digests from the beginning: each day, or on Mondays; one reads in the archive alone.
DAILY, WEEKLY, ARCHIVE = ("Jolanta Bajka", "Elżbieta Nuta", "Maria Gazeta"), ("Felicja Antykwa",), ("Leokadia Sygnatura",)
# Whose mail nobody can vouch for.
UNKNOWN = ("Wanda Kartoteka", "Danuta Półka", "Beata Atrament")


def the_people(network):
    """Everybody who is on the list on the first day."""
    clients = cycle(POLISH)
    moderators = [Person(network, f"{_local(name)}@{SIGNING}", name, next(clients), proof="signed") for name in (OWNER, MODERATOR)]
    members = [_member(network, name, next(clients)) for name in MEMBERS]
    return [*moderators, *members, Person(network, "oliver.paige@example.org", ENGLISH, english)]


def _member(network, name, client):
    if name in UNKNOWN:
        return Person(network, f"{_local(name)}@szkola.example.net", name, client, proof="unknown")
    return Person(network, f"{_local(name)}@example.org", name, client)


def _local(name):
    return fold(name).replace(" ", ".")


def way_of(name):
    """How posts reach somebody at first, as the command line says it: delivery, schedule, and what that means."""
    if name in DAILY:
        return "digest", "daily 07:00", Way.DIGEST
    if name in WEEKLY:
        return "digest", "weekly mon 07:00", Way.DIGEST
    return ("none", "daily 07:00", Way.NOTHING) if name in ARCHIVE else ("each", "daily 07:00", Way.EACH)
