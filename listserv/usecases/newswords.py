"""What a coordinator's mail says of an issue: its words, what its first lines set, and the pictures that it brings."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from listserv.errors import Invalid
from listserv.i18n import LANGUAGES, N_, translations
from listserv.mail import bodies, mime, quotes, tokens
from listserv.mail import segments as segmentwords
from listserv.mail.htmltext import to_text
from listserv.mail.parse import Attachment, attachment
from listserv.store.issues import Issue, Replies, SourceKind, Template
from listserv.store.lists import MailingList
from listserv.store.queue import raw_bytes
from listserv.usecases import issuepress, issues, issuewords, segments
from listserv.usecases.arrivals import Letter
from listserv.usecases.issuewords import NewImage, Words
from newsletters import answers, drafts, fields, ownwords, pictures, quoted
from newsletters.answers import Answer, Says
from newsletters.drafts import Draft
from newsletters.ownwords import Own

FILES = N_("Files other than pictures cannot go along with an issue: put them on a page and link to it.")
LEFT = N_("What else stood in your answer was left aside: the text is as it was, and a word decides only where it stands alone.")
NAMELESS = N_("The draft called its readers by their names, with a field in braces. The text that came now has none: all will read the same words.")
PLAINER = N_("The draft had headings, links or other formatting; the text that came now has none.")
OURS = N_("A part of our letter with the preview stands in this text, and would go to everybody. Please send the text once more, and nothing else.")
HIDDEN = N_("Addresses and links of ours that were one reader's own have been taken out.")
# Sentences of that letter (templates/letters/issue-preview).
WORDED = (
    "SEND – it goes out now",
    "SEND FRIDAY 8:00 – it goes out then",
    "TRIAL – one copy comes to you alone",
    "DISCARD – it is thrown away",
    "Reply to this message with one word:",
)
# Refusals of a first line, which may have been meant as text.
OF_LINES = frozenset({*drafts.UNKNOWN.values(), segmentwords.UNKNOWN, segmentwords.NOBODY, segmentwords.TWICE, segmentwords.BACKWARDS, segments.NO_TOPIC})
# What mail programs attach by themselves.
BY_ITSELF = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", "application/pgp-keys", "text/vcard", "text/x-vcard"}
    | {"text/directory", "application/ms-tnef", "text/calendar", "message/delivery-status", "text/rfc822-headers"}
)


def of_draft(db: Session, mlist: MailingList, letter: Letter) -> tuple[Words, tuple[str, ...]]:
    """What a mail that begins a draft says, and what its author should know. Raises Invalid."""
    own = ownwords.of_draft(letter.post.text, _html(letter), letter.post.subject)
    draft = drafts.read(own.text, own.html)
    words = Words(letter.post.base_subject, draft.source, SourceKind(draft.kind), language="")
    # What only the part shows that was cut off (the logo of a signature) is no picture of the issue.
    files = [file for file in _shown(letter) if draft.kind != "html" or not file.inline or _is_named(file, draft.source)]
    words = replace(words, images=[one for one in (_picture(letter, file) for file in files) if one])
    hidden = [HIDDEN] if tokens.hide(words.source) != words.source else []
    return _with_lines(db, mlist, words, draft), (*_notes(letter), *hidden, *([ownwords.POORER] if own.poorer else []))


def of_answer(db: Session, issue: Issue, letter: Letter, said: Answer) -> tuple[Words, tuple[str, ...]]:
    """What an answer makes of an issue: first lines alone change only what they name. Raises Invalid."""
    own = ownwords.of_answer(letter.post.text, _html(letter)) if said.says is Says.TEXT else ownwords.Own(letter.words)
    if said.says is Says.TEXT and _is_ours(own.text):
        raise Invalid(OURS)
    draft = drafts.read(own.text, own.html)
    words = issues.words_of(issue)
    if said.says is Says.TEXT:
        words = replace(words, source=_below_opening(draft), kind=SourceKind(draft.kind))
    words = replace(words, images=_with_pictures(db, issue, letter, words.source if said.says is Says.TEXT else ""))
    return _with_lines(db, issue.mlist, words, draft), (*_notes(letter), *([LEFT] if said.left else []), *_poorer(issue, words, own))


def _is_ours(text: str) -> bool:
    """Has a program left our own letter below the words, with nothing that would tell it from them?"""
    said = " ".join(text.split())
    ours = sum(" ".join(translations(language).gettext(one).split()) in said for language in LANGUAGES for one in WORDED)
    return ours > 1 or tokens.hide(text) != text


def _below_opening(draft: Draft) -> str:
    """The new text without the line that says that it is one."""
    if draft.kind == "html" and answers.opens_new(draft.text):
        return drafts.without_lines(draft.source, [draft.text.strip().partition("\n")[0]])
    return answers.without_opening(draft.source)


def _poorer(issue: Issue, words: Words, own: Own) -> tuple[str, ...]:
    """What the author should know of formatting that a correction does not have any more."""
    nameless = [NAMELESS] if fields.MEANT.search(issue.source) and not fields.MEANT.search(words.source) else []
    if own.poorer:
        return (*nameless, ownwords.POORER)
    return (*nameless, *([PLAINER] if words.kind is SourceKind.PLAIN and issue.kind is not SourceKind.PLAIN else []))


def below_lines(letter: Letter) -> str | None:
    """What stands below the first lines of an answer, signature aside; None where it sets nothing."""
    try:
        draft = drafts.read(letter.post.reply)
    except Invalid:
        # Which line it is, and what there is instead, is said when the words are taken.
        return ""
    return draft.source if draft.sets else None


def quoted_otherwise(db: Session, issue: Issue, letter: Letter, name: str) -> str:
    """What of an issue, as somebody of this name was shown it, reads otherwise in the quotation below an answer."""
    body, whole = (issuepress.pressed(db, issue, kept=kept).filled(name) for kept in (True, False))
    quotation = "".join(piece.text for piece in quotes.split(letter.post.text) if piece.kind not in ("said", "farewell"))
    return quoted.otherwise(quotation, _forms(body), (issue.subject, *_forms(whole)))


def _forms(printed: tuple[str, str]) -> tuple[str, str]:
    """As programs quote it: the text, and the HTML as text."""
    return printed[0], to_text(printed[1])


def brought(letter: Letter) -> list[Attachment]:
    """The files that somebody attached to a mail: not what its HTML shows (a signature's logo), nor what programs add."""
    return [file for file in letter.post.attachments if not file.inline and file.type not in BY_ITSELF]


def brings_pictures(letter: Letter) -> bool:
    """Has somebody attached pictures to it?"""
    return any(pictures.may_be(file.type, file.name) for file in brought(letter))


def _shown(letter: Letter) -> list[Attachment]:
    """The files of a mail that may be pictures."""
    return [file for file in letter.post.attachments if pictures.may_be(file.type, file.name)]


def _html(letter: Letter) -> str:
    """The letter as HTML, where all of it is: a disclaimer in HTML that a server adds to plain words is not the letter."""
    parts = bodies.sort(mime.read(letter.raw)).as_html
    return "\n".join(part.text for part in parts) if all(part.type == "text/html" for part in parts) else ""


def _notes(letter: Letter) -> tuple[str, ...]:
    files = brought(letter)
    others = [FILES] if any(not pictures.may_be(file.type, file.name) for file in files) else []
    strange = any(_picture(letter, file) is None for file in files if pictures.may_be(file.type, file.name))
    return (*others, *([issuewords.KINDS] if strange else []))


def _picture(letter: Letter, file: Attachment) -> NewImage | None:
    part = attachment(letter.raw, file.number)
    return NewImage(file.name, file.type, part[1], file.content_id) if part and pictures.look(part[1]) else None


def _with_pictures(db: Session, issue: Issue, letter: Letter, source: str) -> Sequence[NewImage] | None:
    """The issue's pictures with those that an answer attaches, or its text names; one of the same name takes the place of the older. None: as they are."""
    new = [_picture(letter, file) for file in _shown(letter) if not file.inline or _is_named(file, source)]
    fresh = [one for one in new if one]
    if not fresh:
        return None
    names = {one.name.casefold() for one in fresh if one.name} | {one.cid for one in fresh if one.cid}
    kept = [image for image in issue.images if image.name.casefold() not in names and (not image.cid or image.cid not in names)]
    return [*(NewImage(image.name, image.type, raw_bytes(db, image.raw_id), image.cid) for image in kept), *fresh]


def _is_named(file: Attachment, source: str) -> bool:
    return any(name and name in source for name in (file.content_id, file.name))


def _with_lines(db: Session, mlist: MailingList, words: Words, draft: Draft) -> Words:
    """With what the first lines set."""
    said = draft.said
    words = replace(words, subject=said.get("subject", words.subject), language=said.get("language", words.language))
    if "template" in said:
        words = replace(words, template=Template(said["template"]))
    if "replies" in said:
        words = replace(words, replies=Replies(said["replies"]))
    if draft.whom is not None:
        words = replace(words, segment=segments.canonical(segments.of_words(db, mlist, draft.whom)))
    return words
