"""Subjects without what programs put around them: Re:, Odp:, Fwd: and their kin in many languages."""

import re

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
