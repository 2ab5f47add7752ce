"""What was finished once and is asked for again: kept in memory, bounded by its bytes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from markupsafe import Markup

from listserv.usecases.conversations import Post

# About what a key, its entry and the object's own head take, in bytes.
BESIDE = 400
# One text takes no more than this part of all.
PART = 32


class Kept:
    """Finished HTML, in UTF-8: the same letters take up to four times as much as a str. Who was not asked for longest goes first."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.size = 0
        self.lock = Lock()
        self.found: OrderedDict[Hashable, bytes] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], str]) -> Markup:
        """What is kept under this key; made where it is not there."""
        found = self.found.get(key)
        if found is None:
            made = make()
            self._keep(key, made.encode("utf-8", "surrogatepass"))
            return Markup(made)  # nosec B704: it was Markup when it was put here
        try:
            self.found.move_to_end(key)
        except KeyError:
            pass  # another thread has just let it go
        return Markup(found.decode("utf-8", "surrogatepass"))  # nosec B704: as above

    def _keep(self, key: Hashable, made: bytes) -> None:
        if len(made) > self.most // PART:
            return
        with self.lock:
            if key not in self.found:
                self.found[key] = made
                self.size += len(made) + BESIDE
            while self.size > self.most:
                self.size -= len(self.found.popitem(last=False)[1]) + BESIDE


def key_of(post: Post, *more: Hashable) -> Hashable:
    """What a text that is made of this post depends on. Its words count, not its number alone: moderators take words out, and imports put them in."""
    return (post.id, hash(post.text), len(post.text), post.veil, *more)
