"""What an answering machine says is the same each time: who said which words, folded and hashed."""

import re
from hashlib import sha256

from listserv.mail import address
from listserv.mail.parse import Post

# „TAK”, „cofnij to”: words that people send again and again, each time about something else.
TOO_FEW = 2
# What machines put into their answers anew each time (a number, a day, an address) tells nothing apart.
CHANGING = re.compile(r"\S*[\d@/]\S*")
WORD = re.compile(r"[^\W\d_]+")
LONGEST = 4_000


def echo(post: Post) -> bytes | None:
    """The same for the same author, words and files, and for nobody else; None where too little was said to tell."""
    said = post.reply.strip() or post.subject
    words = WORD.findall(CHANGING.sub(" ", said[:LONGEST].lower()))
    if len(words) <= TOO_FEW and not post.attachments:
        return None
    author = address.key(post.authors[0].address) if post.authors else ""
    files = sorted(file.sha256 for file in post.attachments)
    return sha256("\0".join((author, " ".join(words), *files)).encode("utf-8", "replace")).digest()[:16]
