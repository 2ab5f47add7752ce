"""What goes over the wire: the base of all models, and the fields that many have."""

import base64
import binascii
from datetime import UTC
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

# Control characters are in no text that somebody means; NUL is what PostgreSQL cannot keep. Line ends and tabs may stand in a text.


def encodable(text: str) -> str:
    """A text that can be written down: half a character (a lone surrogate) cannot."""
    text.encode()
    return text


LINE, TEXT = r"^[^\x00-\x1f\x7f]*$", r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
Line = Annotated[str, StringConstraints(pattern=LINE, max_length=500), AfterValidator(encodable)]
Text = Annotated[str, StringConstraints(pattern=TEXT, max_length=100_000), AfterValidator(encodable)]
Email = Annotated[str, StringConstraints(pattern=LINE, max_length=320), AfterValidator(encodable), Field(json_schema_extra={"format": "email"})]


def unpacked(said: object) -> bytes:
    """Bytes out of base64 (RFC 4648 section 4), which may have no other characters in it."""
    if not isinstance(said, str):
        raise ValueError("base64 is wanted")
    try:
        return base64.b64decode(said.encode("ascii", "replace"), validate=True)
    except binascii.Error:
        raise ValueError("this is no base64") from None


BASE64 = {"type": "string", "contentEncoding": "base64", "pattern": "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"}
Packed = Annotated[bytes, BeforeValidator(unpacked), WithJsonSchema(BASE64)]
# In UTC, so that a moment reads the same whenever it is told.
Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


class Sent(BaseModel):
    """What a program sends: nothing that is not known here, and no number for a text."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Shown(BaseModel):
    """What a program is told."""

    model_config = ConfigDict(extra="forbid")


class Paged(BaseModel):
    """The part of a long row of things that is asked for."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(50, ge=1, le=200, description="How many at most.")
    after: str = Field("", max_length=500, description="Where the last page ended: its `next`, word for word.")


class ProblemError(Shown):
    """One field at fault."""

    detail: str
    pointer: str | None = Field(None, description="The place in the body: a JSON pointer (RFC 6901) in a fragment.")
    parameter: str | None = Field(None, description="The parameter of the address.")


class ProblemDetails(BaseModel):
    """Why it was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[ProblemError] = []
