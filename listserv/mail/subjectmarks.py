"""Subjects that were made of a digest's: what gateways, webmails and people put around one, and how a digest's own reads."""

import re

from listserv.mail.subject import TAG, base_subject

# „***SPAM*** …”, „Dot.: …”, „Odp. …” without its colon, „(1) …”, „Re: (2) …”.
AROUND = re.compile(
    r"(?:\*{1,5}\s*[^\W\d_]{2,20}\s*\*{1,5}|\{spam\??\}|spam\s*:|(?:dot|odp|re|fwd?|pd)\s?\.\s*:?|dotyczy\s*:|dot\s*:|\(\d{1,3}\)|(?:nowa )?odpowiedź\s*:)\s*",
    re.IGNORECASE,
)
MOST = 10
DAYS = (
    *("poniedzialek", "wtorek", "sroda", "czwartek", "piatek", "sobota", "niedziela"),
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
)
# Of titles as they compare: folded.
DATED = re.compile(rf"(?:{'|'.join(DAYS)}|\d{{1,2}} [a-z]+|[a-z]+ \d{{1,2}}):")
COUNTED = re.compile(r"\d+ (?:watk|watek|thread)\w*, \d+ (?:wiad|mess)")


def without_marks(subject: str) -> str:
    """The subject alone, without all that answering, passing on and filtering have put in front."""
    rest = " ".join(subject.split())
    for _ in range(MOST):
        bare = TAG.sub("", base_subject(rest)).strip()
        found = AROUND.match(bare)
        shorter = bare[found.end() :] if found else bare
        if shorter == rest:
            break
        rest = shorter
    return rest


def is_like_a_digests(said: str, title: str) -> bool:
    """Is it worded as the subject of a list's digest, or the beginning of one? Both are folded."""
    if COUNTED.search(said):
        return True
    _, found, rest = said.partition(f"{title}, ") if title else ("", "", "")
    begun = rest.rstrip(" .…")
    return bool(found and begun) and (DATED.match(rest) is not None or (len(begun) > 1 and any(day.startswith(begun) for day in DAYS)))
