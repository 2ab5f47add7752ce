"""A mail for everybody, without the keys that belong to one person (`mail.keeping`): what is archived, kept and sent never has them."""

from dataclasses import replace

from sqlalchemy.orm import Session

from listserv import links
from listserv.mail import keeping, parse
from listserv.mail import tokens as shapes
from listserv.store import tools
from listserv.store.lists import MailingList
from listserv.store.queue import keep_raw
from listserv.usecases import outbox, tokens
from listserv.usecases.arrivals import Letter


def without_keys(db: Session, mlist: MailingList, letter: Letter) -> Letter:
    """The letter as it may reach others; the very same where nothing of ours stands in it.

    The author's signature covered the mail as it was: none is left to save an aligned From.
    """
    settings = outbox.settings_of(db)
    signing_key = links.signing_key(settings)

    def ours(token: str) -> bool:
        return shapes.read(signing_key, token) is not None or (token.startswith(shapes.RANDOM) and tokens.known(db, token) is not None)

    found = keeping.found_in(letter.raw, letter.post, ours)
    if not found:
        return letter
    raw = keeping.without(letter.raw, found, ours, to=links.list_address(settings, mlist.name))
    old, letter.incoming.raw_id = letter.incoming.raw_id, keep_raw(db, raw).id
    db.flush()
    tools.destroy_unused(db, [old])
    post = replace(parse.parse(raw), automatic=letter.post.automatic, message_id=letter.post.message_id)
    return replace(letter, raw=raw, post=post, munge=letter.strict)
