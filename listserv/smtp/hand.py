"""What all sessions together have in hand: mails that have come in and are not in the database yet."""

from collections import Counter
from threading import Lock

# With fewer bytes in hand than this, nobody is sent away.
LEAST = 256 << 20
LARGEST = 8


class Hand:
    """Counts bytes. Beyond the limit no new mail is begun; what has begun is finished.

    Strangers together may fill half of it, and one address an eighth: whoever lets large mails drip keeps out nobody but themselves.
    """

    def __init__(self, max_size: int) -> None:
        self.limit = max(LEAST, LARGEST * max_size)
        self.bytes = self.of_strangers = 0
        self._of: Counter[str] = Counter()
        # Large mails are packed in threads.
        self._lock = Lock()

    @property
    def is_full(self) -> bool:
        """Is there no room for another mail?"""
        return self.bytes >= self.limit

    def take(self, size: int, stranger: str = "") -> None:
        """So many more."""
        with self._lock:
            self.bytes += size
            if stranger:
                self.of_strangers += size
                self._of[stranger] += size
                if not self._of[stranger]:
                    del self._of[stranger]

    def put_down(self, size: int, stranger: str = "") -> None:
        """So many less."""
        self.take(-size, stranger)

    def has_enough(self, stranger: str) -> bool:
        """Is it no time for this stranger, or for any, to begin another mail?"""
        return self.of_strangers * 2 >= self.limit or self._of[stranger] * 8 >= self.limit

    def has_too_much(self, stranger: str) -> bool:
        """Many mails may have begun at once: is there no room even for those?"""
        return self.of_strangers * 4 >= self.limit * 3 or self._of[stranger] * 4 >= self.limit


class Share:
    """The hand as one client meets it: `stranger` is where they come from, empty for our own mail server."""

    def __init__(self, hand: Hand, stranger: str = "") -> None:
        self._hand, self._stranger = hand, stranger

    @property
    def is_full(self) -> bool:
        """Is there no room for another mail of theirs?"""
        return self._hand.is_full or (bool(self._stranger) and self._hand.has_enough(self._stranger))

    @property
    def overflows(self) -> bool:
        """Is there no room even for more of what they have begun?"""
        return bool(self._stranger) and self._hand.has_too_much(self._stranger)

    def take(self, size: int) -> None:
        """So many more."""
        self._hand.take(size, self._stranger)

    def put_down(self, size: int) -> None:
        """So many less."""
        self._hand.put_down(size, self._stranger)
