"""The bank of materials: what was shared on a list, as numbered items; where each of their versions stands; and who used them.

Nothing of it is a copy: bytes stay in the mail that brought them, and what readers may see follows from that mail.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from listserv.store.archive import Message
from listserv.store.base import NEVER_AGAIN, Base, Word
from listserv.store.lists import MailingList, Topic
from listserv.store.people import User


class MaterialKind(StrEnum):
    SCENARIO = "scenario"
    TUTORIAL = "tutorial"
    PRESENTATION = "presentation"
    BIBLIOGRAPHY = "bibliography"
    FORM = "form"
    OTHER = "other"


class Material(Base):
    """One item of a list's bank. Who made it, and its area where nobody has said another, are told by where it stands (`MaterialVersion`)."""

    __tablename__ = "material"
    __table_args__ = (
        UniqueConstraint("list_id", "number"),
        # In the order of the page.
        Index("ix_material_newest", "list_id", "newest_at", "id"),
        Index("ix_material_topic", "topic_id"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    # What people say: „materiał 12”. Never given to another item.
    number: Mapped[int]
    title: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[MaterialKind] = mapped_column(Word(MaterialKind), default=MaterialKind.OTHER)
    # Only where somebody has said so: else it is the topic of the thread.
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id", ondelete="SET NULL"))
    licence: Mapped[str] = mapped_column(Text, default="")
    description: Mapped[str] = mapped_column(Text, default="")
    # Of what is a link and no file.
    url: Mapped[str] = mapped_column(Text, default="")
    # What a human has said of it, and no machine changes: "title", "kind", "licence", "versions", with spaces.
    corrected: Mapped[str] = mapped_column(String(64), default="")
    downloads: Mapped[int] = mapped_column(default=0)
    # The number of the item that has its versions now, where it turned out to be the same thing: whoever asks for this one gets that one.
    became: Mapped[int] = mapped_column(default=0, server_default="0")
    # Good practice; taken out of the bank; each by a moderator (or its author), each can be undone.
    recommended_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    # Of the first and of the newest version.
    first_at: Mapped[datetime]
    newest_at: Mapped[datetime]

    mlist: Mapped[MailingList] = relationship()
    topic: Mapped[Topic | None] = relationship()


class MaterialVersion(Base):
    """One place where a version of an item stands: a file or a link of a message, or a file of a mail to `LIST-bank@`.

    The same bytes in another message are another place of the same version, so that the item stays while any of them may be seen.
    """

    __tablename__ = "material_version"
    __table_args__ = (
        Index("ix_material_version_material", "material_id", "number"),
        Index("ix_material_version_sha256", "sha256", "list_id"),
        Index("ix_material_version_message", "message_id"),
        Index("ix_material_version_raw", "raw_id"),
        Index("ix_material_version_user", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    material_id: Mapped[int] = mapped_column(ForeignKey("material.id"))
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    # 1, 2, 3 within the item.
    number: Mapped[int] = mapped_column(default=1)
    # Of the bytes; of the link, made plain.
    sha256: Mapped[str] = mapped_column(String(64))
    # The file's name as it came; for a link what it leads to, as it was written.
    name: Mapped[str] = mapped_column(Text, default="")
    # Empty for a link.
    type: Mapped[str] = mapped_column(String(255), default="")
    size: Mapped[int] = mapped_column(default=0)
    # The message that brought it; or, of a mail to `LIST-bank@`, the mail itself. `part` is the number of the attachment in it.
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    raw_id: Mapped[int | None] = mapped_column(ForeignKey("raw.id"))
    part: Mapped[int] = mapped_column(default=0)
    # Of a mail to `LIST-bank@` only: who sent it. (Of a message the message says it.)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    author: Mapped[str] = mapped_column(String(320), default="")
    dated_at: Mapped[datetime]

    material: Mapped[Material] = relationship()
    message: Mapped[Message | None] = relationship()


class MaterialUse(Base):
    """Somebody said that they used an item."""

    __tablename__ = "material_use"
    __table_args__ = (UniqueConstraint("material_id", "user_id"), Index("ix_material_use_user", "user_id"), Index("ix_material_use_message", "message_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    material_id: Mapped[int] = mapped_column(ForeignKey("material.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    # The message that said so, where it was one; what was said, where it was a letter to `LIST-bank@`.
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"))
    words: Mapped[str] = mapped_column(Text, default="")
    # The author has been told.
    told: Mapped[bool] = mapped_column(default=False, server_default=false())
    used_at: Mapped[datetime]

    material: Mapped[Material] = relationship()
    user: Mapped[User] = relationship()
    message: Mapped[Message | None] = relationship()
