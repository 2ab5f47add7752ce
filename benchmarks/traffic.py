"""The traffic of a list as an mbox, made up: `python benchmarks/traffic.py OUT.mbox [--messages 10000] [--seed 1] [--vocabulary 0]`.

Threads of six messages on average, interleaved over ten years; answers quote and refer to what came before; a third is
in Polish, a quarter has an HTML twin, one in twenty carries a file. With a vocabulary half of the words are made up, of so
many stems, each the rarer the later it was made (Zipf), with endings: as many words as a large archive has. The same numbers
give the same bytes.
"""

import argparse
import base64
import quopri
import random
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.utils import format_datetime

ENGLISH = """archive list message thread digest member reply question answer meeting library shelf catalogue reader lesson
workshop project book index page record server queue header again please thanks because would could maybe works broken
the a of to in and it is that for on with this not we you from by"""
POLISH = """biblioteka książka czytelnik lekcja warsztaty wątek wiadomość odpowiedź pytanie spotkanie projekt półka katalog
źródło łąka gęś żółty święto proszę dziękuję ponieważ może dzisiaj jutro wczoraj w na i z do nie się jest że jak ale czy
tak dla przez po"""
PEOPLE = "Anna Jan Ewa Piotr Zofia Łukasz Grażyna Józef Alice Bob Carol Dave, Zakładka Fiszka Przypis Okładka Regał Lektura Shelf Binding Folio"
WORDS = {"en": ENGLISH.split(), "pl": POLISH.split()}
NAMES, SURNAMES = map(str.split, PEOPLE.split(","))
WROTE = {"en": "On {when:%d %B %Y}, {name} wrote:", "pl": "W dniu {when:%d.%m.%Y} o {when:%H:%M}, {name} pisze:"}
SYLLABLES = [c + v for c in (*"bcdfgjklmnprstwz", "sz", "cz", "rz", "ł", "ś") for v in "aeiouyąęó"]
ENDINGS = ("", "", "a", "i", "om", "ami", "ach", "owie", "ing", "s", "ed")
ZIPF, POOL = 0.6, 1 << 20
START, DAYS = datetime(2015, 1, 1, tzinfo=UTC), 3650


class Words:
    """Draws words: of the short lists alone, or every other one of a large vocabulary, from a pool drawn once and gone through in strides."""

    def __init__(self, vocabulary, seed):
        self.chance, self.pool = random.Random(seed + 1), ()
        if vocabulary:
            stems = rare(vocabulary, seed)
            ranks = (min(vocabulary - 1, int(self.chance.paretovariate(ZIPF)) - 1) for _ in range(POOL))
            self.pool = [stems[rank] + self.chance.choice(ENDINGS) for rank in ranks]

    def draw(self, words, count, chance):
        """So many words."""
        if not self.pool:
            return [chance.choice(words) for _ in range(count)]
        at, stride = self.chance.randrange(POOL), self.chance.randrange(POOL) | 1
        return [self.pool[(at + place * stride) % POOL] if self.chance.random() < 0.5 else chance.choice(words) for place in range(count)]


def rare(vocabulary, seed=1):
    """The stems of a vocabulary, the commonest first."""
    chance = random.Random(seed + 1)
    return ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(vocabulary)]


class Talk:
    """A thread: its language, its subject, and what has been said."""

    def __init__(self, chance):
        self.language = "pl" if chance.random() < 0.3 else "en"
        self.subject = " ".join(chance.choices(WORDS[self.language], k=chance.randint(3, 7))).capitalize()
        self.said, self.left = [], 0


def plan(count, chance):
    """(when, thread) of every message, in order of time."""
    places = []
    while len(places) < count:
        talk, when = Talk(chance), START + timedelta(days=chance.random() * DAYS)
        for _ in range(min(count - len(places), 1 + int(chance.expovariate(1 / 5.5)))):
            places.append((when, len(places), talk))
            talk.left += 1
            when += timedelta(hours=chance.expovariate(1 / 9))
    return [(when, talk) for when, _, talk in sorted(places, key=lambda place: place[:2])]


def lines(words, count, chance, drawn):
    """Text in lines of mail's width, with paragraphs."""
    left = drawn.draw(words, max(3, int(chance.expovariate(1 / count))), chance)
    made = []
    while left:
        made.append(" ".join(left[:11]).capitalize())
        left = left[11:]
        if chance.random() < 0.1:
            made.append("")
    return made


def mails(count, seed=1, to="bench@lists.example.org", vocabulary=0):
    """(author's address, when, bytes with LF) of each message."""
    chance, drawn = random.Random(seed), Words(vocabulary, seed)
    people = [(f"{chance.choice(NAMES)} {chance.choice(SURNAMES)}", f"member{n}@example.org") for n in range(300)]
    weights = [1 / (n + 1) for n in range(len(people))]
    for number, (when, talk) in enumerate(plan(count, chance)):
        name, address = chance.choices(people, weights)[0]
        above = talk.said[int(len(talk.said) * chance.random() ** 0.5)] if talk.said else None
        own = lines(WORDS[talk.language], 120, chance, drawn)
        message_id = f"<{number}.{chance.getrandbits(40):x}@mail.example.org>"
        refs = above["refs"] if above else []
        talk.said.append({"refs": [*refs, message_id], "own": own, "name": name, "when": when})
        head = {"From": f"{encoded(name)} <{address}>", "To": to, "Subject": encoded(("Re: " if above else "") + talk.subject)}
        head |= {"Date": format_datetime(when), "Message-ID": message_id, "User-Agent": "Mozilla Thunderbird", "MIME-Version": "1.0"}
        head |= {"In-Reply-To": refs[-1], "References": "\n ".join(refs[-10:])} if above else {}
        quoted = [WROTE[talk.language].format(**above), *(f"> {line}" for line in above["own"][: chance.randint(2, 12)]), ""] if above else []
        body = content("\n".join([*quoted, *own, "", "-- ", name, ""]), own, number, chance)
        talk.left -= 1
        if not talk.left:  # nobody answers any more
            talk.said = []
        yield address, when, "".join(f"{key}: {value}\n" for key, value in head.items()).encode() + body


def encoded(text):
    return text if text.isascii() else Header(text, "utf-8", maxlinelen=900).encode()


def content(text, own, number, chance):
    """The content's header fields, an empty line and the content."""
    coding = "8bit" if text.isascii() or chance.random() < 0.5 else "quoted-printable"
    made = part("text/plain; charset=utf-8", coding, text.encode() if coding == "8bit" else quopri.encodestring(text.encode()))
    if chance.random() < 0.25:
        html = "<html><body>" + "".join(f"<p>{line}</p>\n" for line in own) + "</body></html>"
        made = together("alternative", number, [made, part("text/html; charset=utf-8", "quoted-printable", quopri.encodestring(html.encode()))])
    if chance.random() < 0.05:
        file = chance.randbytes(100 + int(chance.expovariate(1 / 20_000)))
        made = together("mixed", number, [made, part(f'application/pdf; name="file-{number}.pdf"', "base64", base64.encodebytes(file))])
    return made


def part(kind, coding, data):
    return f"Content-Type: {kind}\nContent-Transfer-Encoding: {coding}\n\n".encode() + data


def together(kind, number, parts):
    edge = f"=_{kind}_{number}"
    inner = b"".join(f"--{edge}\n".encode() + one + b"\n" for one in parts)
    return f'Content-Type: multipart/{kind}; boundary="{edge}"\n\n'.encode() + inner + f"--{edge}--\n".encode()


def write(path, count, seed=1, vocabulary=0):
    """The mbox; its size in bytes."""
    with open(path, "wb") as out:
        for address, when, raw in mails(count, seed, vocabulary=vocabulary):
            out.write(f"From {address} {when:%a %b %d %H:%M:%S %Y}\n".encode() + raw.replace(b"\nFrom ", b"\n>From ") + b"\n")
        return out.tell()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out")
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--vocabulary", type=int, default=0)
    options = parser.parse_args()
    print(f"{options.messages} messages, {write(options.out, options.messages, options.seed, options.vocabulary)} bytes")
