"""What the door says. One table from refusals to replies (RFC 5321, 3463); never a word of our insides."""

from listserv.errors import Invalid, NotAllowed, NotFound, Refusal, TooMany

ACCEPTED = "250 2.0.0 Accepted"
OK = "250 2.0.0 OK"
SENDER_OK = "250 2.1.0 Sender accepted"
RECIPIENT_OK = "250 2.1.5 Recipient accepted"
GO_AHEAD = "354 End with a dot on a line of its own"
BYE = "221 2.0.0 Bye"
HELP = "214 2.0.0 EHLO MAIL RCPT DATA RSET NOOP VRFY QUIT; see RFC 5321"
CANNOT_VERIFY = "252 2.5.0 Cannot say; send the mail and see"
READY_FOR_TLS = "220 2.0.0 Ready to start TLS"

OUR_FAULT = "451 4.3.0 Our fault: please try again later"
NO_ROOM_NOW = "452 4.3.1 No room for a mail at the moment: please try again later"
NO_ROOM = "452 4.3.1 No room for this mail: please try again later"
TOO_MANY_RECIPIENTS = "452 4.5.3 Too many recipients at once: send the rest in another transaction"

NO_SUCH_COMMAND = "500 5.5.1 There is no such command"
LINE_TOO_LONG = "500 5.5.2 Line too long"
NOT_UTF8 = "500 5.5.2 This is not UTF-8"
NO_SUCH_SENDER = "501 5.1.7 Syntax: MAIL FROM:<address>"
NO_SUCH_RECIPIENT = "501 5.1.3 Syntax: RCPT TO:<address>"
WRONG_ARGUMENT = "501 5.5.4 The argument of this command is missing or wrong"
NOT_IMPLEMENTED = "502 5.5.1 This command is not implemented"
HELLO_FIRST = "503 5.5.1 Say hello first"
ONE_AT_A_TIME = "503 5.5.1 There is a sender already"
SENDER_FIRST = "503 5.5.1 MAIL comes first"
NOBODY_LEFT = "503 5.5.1 None of the recipients was accepted"
RECIPIENT_FIRST = "503 5.5.1 RCPT comes first"
ONLY_ONCE = "503 5.5.1 TLS is active already"
TOO_LARGE = "552 5.3.4 This mail is larger than we take"
UNKNOWN_PARAMETER = "555 5.5.4 This parameter is not known here"

# After these the connection is closed.
TIMED_OUT = "421 4.4.2 This takes too long"
GOING = "421 4.3.2 The service is being restarted: please come back"
FAILED = "421 4.3.0 Our fault: please try again later"
FULL = "421 4.7.0 Too many connections: please try again later"
TOO_MANY_MISTAKES = "421 4.7.0 Too many mistakes"
TOO_MANY_UNKNOWN = "421 4.7.0 Too many unknown recipients"
TOO_EARLY = "421 4.7.0 You spoke before the greeting"
NO_WEB_SERVER = "421 4.7.0 This is no web server"

TABLE: tuple[tuple[type[Refusal], str], ...] = (
    (NotFound, "550 5.1.1 No such address here"),
    (NotAllowed, "550 5.7.1 Not allowed"),
    (Invalid, "550 5.6.0 This mail cannot be understood"),
    (TooMany, "451 4.7.1 Too many for now: please try again later"),
)


def reply_to(error: BaseException) -> str:
    """The reply for a refusal; 451 for anything unexpected."""
    return next((reply for kind, reply in TABLE if isinstance(error, kind)), OUR_FAULT)
