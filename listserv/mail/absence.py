"""A post in which nothing stands but a notice of absence, as mail programs send it to whoever writes, without a mark that says so.

Who only says that they are away speaks to people. A notice says besides what is to be done meanwhile, and asks nothing.
"""

import re

from listserv.mail.folding import fold, plain
from listserv.mail.parse import Post

MOST_WORDS, HEAD = 70, 300
AWAY = re.compile(
    r"\b(?:jestem|bede|przebywam|pozostaje)\b[^.?!\n]{0,40}\b(?:nieobecn\w+|na (?:urlopie|zwolnieniu)|poza (?:biurem|biblioteka|szkola|praca)|w delegacji)"
    r"|\bnie ma mnie w (?:pracy|biurze|bibliotece|szkole)|\b(?:i am|i'm|i will be|i'll be) (?:currently )?(?:away\b|out of (?:the |my )?office"
    r"|on (?:(?:annual|sick|maternity|parental) )?(?:leave|holiday|vacation))|^out of (?:the )?office"
)
MEANWHILE = re.compile(
    r"\b(?:w (?:pilnych sprawach|sprawach (?:pilnych|niecierpiacych zwloki)|przypadku pilnych spraw)|zastepuje mnie"
    r"|w tym czasie zastepuj\w+|(?:moje )?zastepstwo pelni"
    r"|odpowiem (?:na \w+(?: \w+){0,3} )?(?:niezwlocznie )?po (?:moim )?powrocie"
    r"|nie mam dostepu do (?:poczty|e-?maili|maili)"
    r"|(?:ograniczony|utrudniony) dostep do (?:poczty|e-?maili|maili)|for urgent (?:matters|enquiries|issues|requests)"
    r"|if (?:your (?:matter|request)|it|this) is urgent"
    r"|(?:no|limited) access to (?:my )?e-?mails?"
    r"|i will (?:reply|respond|answer|get back)[^.\n]{0,40} (?:when i (?:return|am back)|(?:up)?on my return|after my return))"
)


def is_notice(post: Post) -> bool:
    """Does a mail say that its author is away and what is to be done meanwhile, and nothing else that one would notice?"""
    words = plain(post.reply).strip()
    if not words or "?" in words or len(words.split()) > MOST_WORDS or any(not file.inline for file in post.attachments):
        return False
    said = " ".join(fold(words).split())
    return AWAY.search(said[:HEAD]) is not None and MEANWHILE.search(said) is not None
