"""Refusals: expected ways in which a verb says no. Each door has one table that words them."""


class Refusal(Exception):
    """A verb declined. `reason` is a stable English key; `facts` are what a door needs to word it."""

    def __init__(self, reason: str, **facts: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts

    def __str__(self) -> str:
        return self.reason.format(**self.facts) if self.facts else self.reason


class NotFound(Refusal):
    """There is no such thing, or this person may not know of it."""


class NotAllowed(Refusal):
    """The thing is there, the person is not allowed to do this with it."""


class Invalid(Refusal):
    """The input cannot be understood; the sentence says what to do."""


class Conflict(Refusal):
    """The thing is no longer in the state that this decision presumes."""


class Expired(Refusal):
    """A token was good once and is no more."""


class TooMany(Refusal):
    """A limit protects somebody; later it will work again."""
