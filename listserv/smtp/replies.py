"""What the door says. One table from refusals to replies (RFC 5321, 3463); never a word of our insides."""

from listserv.errors import Invalid, NotAllowed, NotFound, Refusal, TooMany

ACCEPTED = "250 2.0.0 Accepted"
OUR_FAULT = "451 4.3.0 Our fault: please try again later"
TOO_MANY_RECIPIENTS = "452 4.5.3 Too many recipients at once: send the rest in another transaction"

# What aiosmtpd says by itself when it has heard too much.
DATA_REFUSED = ("552 Error: Too much mail data", "500 Line too long")

TABLE: tuple[tuple[type[Refusal], str], ...] = (
    (NotFound, "550 5.1.1 No such address here"),
    (NotAllowed, "550 5.7.1 Not allowed"),
    (Invalid, "550 5.6.0 This mail cannot be understood"),
    (TooMany, "451 4.7.1 Too many for now: please try again later"),
)


def reply_to(error: BaseException) -> str:
    """The reply for a refusal; 451 for anything unexpected."""
    return next((reply for kind, reply in TABLE if isinstance(error, kind)), OUR_FAULT)
