"""What our letters remember: the thread they spoke of, the mail that was kept, the numbers they gave. It stands in their token's detail."""

from dataclasses import dataclass

MARK = "@"


@dataclass(frozen=True, slots=True)
class Context:
    """What a reply to a letter of ours refers to; zero where to nothing.

    `draft` is the mail that may have been meant for everybody, `threads` are those that the letter numbered from 1, `unclear`
    how often the answer was neither yes nor no.
    """

    thread: int = 0
    draft: int = 0
    threads: tuple[int, ...] = ()
    unclear: int = 0

    def with_words(self, words: str = "") -> str:
        """As a token keeps it, with the words that were said."""
        facts = [f"thread={self.thread}" if self.thread else "", f"draft={self.draft}" if self.draft else ""]
        facts.append(f"threads={','.join(map(str, self.threads))}" if self.threads else "")
        facts.append(f"unclear={self.unclear}" if self.unclear else "")
        line = " ".join(filter(None, facts))
        return f"{MARK}{line}\n{words}" if line else words


NOTHING = Context()


def read(detail: str) -> tuple[Context, str]:
    """What a token remembers, and the words with it."""
    if not detail.startswith(MARK):
        return NOTHING, detail
    line, _, words = detail[len(MARK) :].partition("\n")
    facts = dict(part.partition("=")[::2] for part in line.split())
    threads = tuple(int(number) for number in facts.get("threads", "").split(",") if number)
    return Context(int(facts.get("thread", 0)), int(facts.get("draft", 0)), threads, int(facts.get("unclear", 0))), words
