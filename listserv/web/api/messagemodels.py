"""Messages over the wire: as they are shown, and as they are sent."""

from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from listserv.web.api.models import Line, Moment, Packed, Sent, Shown, Text

MOST_FILES = 20


class FileShown(Shown):
    """What a message carries."""

    number: int
    name: str
    type: str
    size: int
    url: str


class Answered(Shown):
    """The message that another one answers."""

    hash: str
    author: str


class MessageShown(Shown):
    """A message as its page shows it."""

    hash: str = Field(description="Its permanent name: Mailman's Message-ID-Hash.")
    url: str
    thread_id: int
    message_id: str | None = Field(description="Without brackets; not told to strangers where it betrays an address.")
    number: int = Field(description="Its place in the thread, from 1.")
    author: str
    person_id: int | None
    sent_at: Moment
    subject: str = Field(description="Where it differs from what it answers.")
    answers: Answered | None
    text: str
    attachments: list[FileShown]
    formatted: bool = Field(description="Is there an HTML form of it?")
    hidden: bool


class SingleMessage(MessageShown):
    """One message; a long one in parts."""

    thread_subject: str
    html: str | None = Field(description="Its safe HTML form, where it was asked for and there is one.")
    part: int
    parts: int


class MessageAsked(BaseModel):
    """How a message is to be told."""

    model_config = ConfigDict(extra="forbid")

    part: int = Field(1, ge=1, le=100, description="Which part of a long one.")
    html: bool = Field(False, description="Its HTML form too, made safe.")


class MessageInList(Shown):
    """A message in the order of the archive."""

    hash: str
    url: str
    seq: int = Field(description="Its number on the list: what came later has a larger one.")
    thread_id: int
    subject: str
    author: str
    sent_at: Moment
    snippet: str


class MessagePage(Shown):
    """A page of messages."""

    items: list[MessageInList]
    next: str | None


class NewAttachment(Sent):
    """A file that goes along."""

    name: Line = Field(min_length=1, max_length=150)
    type: Line = Field("application/octet-stream", max_length=255, description="Its media type.")
    content: Packed = Field(description="Its bytes, in base64 (RFC 4648 section 4).")


Files: TypeAlias = list[NewAttachment]
ALONG = f"Files that go along, at most {MOST_FILES}; together as large as a mail to the list may be, less what base64 adds."


class NewMessage(Sent):
    """A message that begins a thread."""

    subject: Line = Field(min_length=1, max_length=200)
    text: Text = Field(min_length=1)
    topic: Line = Field("", max_length=63, description="The slug of a topic of the list.")
    attachments: Files = Field(default_factory=list, max_length=MOST_FILES, description=ALONG)
    anyway: bool = Field(False, description="Send it under your name even where it may ask that this is kept back.")


class NewAnswer(Sent):
    """A message in a thread."""

    text: Text = Field(min_length=1)
    to: Line = Field("", max_length=32, description="The hash of the message that is answered; without it the last one.")
    attachments: Files = Field(default_factory=list, max_length=MOST_FILES, description=ALONG)
    anyway: bool = Field(False, description="Send it even where it is a lone word that the program understands, or may ask that your name is kept back.")


class WrittenShown(Shown):
    """What became of a message that was sent here."""

    state: str = Field(description="`posted`, `held`, `refused`, `declined` or `withdrawn`.")
    why: list[str]
    hash: str | None
    thread_id: int | None
    url: str | None
