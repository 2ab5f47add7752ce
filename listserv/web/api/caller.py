"""Who asks: the bearer of a token (RFC 6750), and how often they may."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import current_app, g, request

from listserv.usecases import apitokens, limits
from listserv.usecases.apitokens import Caller
from listserv.web import visitors
from listserv.web.api.problems import WINDOW, Problem
from listserv.web.visit import visit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

REALM = 'Bearer realm="listserv"'
NO_GOOD = "This token is unknown, was taken back, or has had its time."
# In ten minutes: for a token, all requests, and those that change something; from one network, with good tokens and with wrong ones.
PER_TOKEN, WRITES_PER_TOKEN, PER_NETWORK, WRONG_PER_NETWORK = 1200, 300, 6000, 60
# Of them searches.
SEARCHES = 300


@dataclass(slots=True)
class Call:
    """What a view of the API needs to know beside its own arguments."""

    caller: Caller
    # Lacking, where the token's scopes do not hold it.
    scope: str

    @property
    def lacks(self) -> bool:
        """Is the token not made for this?"""
        return self.scope not in self.caller.scopes


def caller() -> Caller:
    """Whose token it is."""
    call: Call = g.call
    return call.caller


def has_scope(scope: str) -> bool:
    """Is the token in hand made for that? For views that show more to those who have it."""
    return scope in caller().scopes


def identify(db: "Session") -> Caller:
    """Whose token came with the request. Raises Problem: without one, with a wrong one, too often."""
    said = request.authorization
    network = limits.network_of(request.remote_addr or "")
    if said is None or said.type != "bearer" or not said.token:
        _count(db, "api wrong", network, WRONG_PER_NETWORK)
        raise Problem("unauthorized", headers={"WWW-Authenticate": REALM})
    found = apitokens.caller(db, said.token, visit().now)
    if found is None:
        _count(db, "api wrong", network, WRONG_PER_NETWORK)
        raise Problem("unauthorized", NO_GOOD, headers={"WWW-Authenticate": f'{REALM}, error="invalid_token"'})
    _count(db, "api from", network, PER_NETWORK)
    _count(db, "api token", str(found.token_id), PER_TOKEN)
    if request.method not in ("GET", "HEAD"):
        _count(db, "api writes", str(found.token_id), WRITES_PER_TOKEN)
    return found


def _count(db: "Session", what: str, who: str, most: int) -> None:
    """Counted in memory, looked up in the database: a GET writes nothing."""
    key = f"{what} {who}"
    if who and visitors.notes_of(current_app).search(key) + limits.used(db, "search", key, visit().now, WINDOW) > most:
        raise Problem("too-many-requests")


def let_search() -> None:
    """Search is dear: each token has it so many times in a while. Raises 429."""
    _count(visit().db, "api search", str(caller().token_id), SEARCHES)


def insufficient(scope: str) -> Problem:
    """The token lacks this scope, for something that may be seen."""
    said = f'{REALM}, error="insufficient_scope", scope="{scope}"'
    return Problem("insufficient-scope", f"This needs a token with the scope {scope}.", headers={"WWW-Authenticate": said})
