"""What a list of people is sent for; apart from the words that ask for it (`mail.invited`), so that a table of rows loads none of those."""

from enum import StrEnum


class Verb(StrEnum):
    """What is to become of a list of people."""

    INVITE = "invite"
    ADD = "add"
