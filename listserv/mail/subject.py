"""Subjects without what programs put around them: Re:, Odp:, Fwd: and their kin in many languages."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

# What mail programs write before a subject that is answered or passed on: Polish, English, German, Dutch, the languages
# of the North, French, Spanish, Portuguese, Italian, Czech, Hungarian, Turkish, Romanian, Ukrainian, Russian, Greek, the
# Baltic ones, Chinese, Japanese, Korean. Left alone is what people write themselves: "Ref: 12/2026", "FS: a piano",
# "HA: failover", "I: wstęp", and "r: a question" (Italian programs write "R: ").
REPLY = (
    r"re|odp|odpowied[zź]|aw|antw|antwort|sv|vs|rv|res|rép|rif|ynt|vá|odpov[eě]ď|răsp|răspuns|на|отв|ответ|відп|відповідь|απ|回复|回覆|答复|答覆|返信|답장"
    r"|atb|atsp|bls|(?-i:R)(?=: )"
)
FORWARD = r"fwd?|pd|dw|wg|tr|enc|vb|doorst|továbbítás|пересл|переслано|πρθ|转发|轉寄|転送|전달|przesłane dalej|przekazane|podaj dalej"
MARK = rf"(?:{REPLY}|{FORWARD})"
# Re: · RE[2]: · Re^3: · Odp.: · AW： · Re; · Re :: · Re-- (but not "re-print")
PREFIX = re.compile(rf"{MARK}\.?\s?(?:[\[(^]\d{{1,4}}[\])]?)?\s?[:：;][\s:：;]*+|(?:re|fwd?|odp)\s?--+\s*+|\((?:fwd?|pd)\)\s*+", re.I)
WRAPPED = re.compile(r"\[\s?(?:fwd?|pd|fs)\s?:\s*+(.*)\]", re.I | re.S)
TAG = re.compile(r"\[[^\[\]]{1,60}\]\s*+")
TRAILER = re.compile(r"\s*\(fwd?\)\Z", re.I)
MOST_WRAPPINGS = 20
ALONE = re.compile(r"(?:re|fwd?|odp)\.?", re.I)


def base_subject(subject: str) -> str:
    """The subject without marks of answering and passing on, as RFC 5256 section 2.1 means it. Tags like [siecibp] stay."""
    rest = " ".join(subject.split())
    for _ in range(MOST_WRAPPINGS):
        tags, after = _parted(TRAILER.sub("", rest))
        wrapped = WRAPPED.fullmatch(after)
        rest = "".join(tags) + (wrapped[1] if wrapped else after)
        if not wrapped:
            break
    return "" if ALONE.fullmatch(rest) else rest.strip()


def _parted(subject: str) -> tuple[list[str], str]:
    """The tags before and between the marks, each once, and what stands behind them all."""
    tags: dict[str, None] = {}
    at = 0
    while True:
        if found := PREFIX.match(subject, at):
            at = found.end()
        elif (found := TAG.match(subject, at)) and not WRAPPED.match(subject, at):
            tags[f"{found[0].rstrip()} "] = None
            at = found.end()
        else:
            return list(tags), subject[at:]


def reply_subject(subject: str) -> str:
    """The subject of an answer: one Re:, whatever was there before."""
    return f"Re: {base_subject(subject)}".strip()


HASHED = re.compile(r"\[#([a-z0-9][a-z0-9-]{0,62})\]|(?<!\S)#([a-z0-9][a-z0-9-]{0,62})(?!\S)", re.I)


class Filed(NamedTuple):
    """A topic that a subject names (empty: none), and the subject without it."""

    slug: str
    rest: str


@dataclass(frozen=True, slots=True)
class Tags:
    """`#topic` or `[#topic]` in front of a subject or behind it, for a list that has these topics (short names)."""

    slugs: Collection[str]

    def read(self, subject: str) -> Filed:
        """The first known topic that stands at an edge of a base subject. In the midst of a sentence a # means something else."""
        for found in HASHED.finditer(subject) if self.slugs and "#" in subject else ():
            slug = (found[1] or found[2]).lower()
            if slug in self.slugs and self._at_an_edge(subject, found):
                return Filed(slug, " ".join(f"{subject[: found.start()]} {subject[found.end() :]}".split()))
        return Filed("", subject)

    def _at_an_edge(self, subject: str, found: re.Match[str]) -> bool:
        # Other tags, the list's own among them, may stand in front.
        ahead, behind = TAG.sub("", subject[: found.start()]), TAG.sub("", subject[found.end() :] + " ")
        return not HASHED.sub("", ahead).strip() or not HASHED.sub("", behind).strip()
