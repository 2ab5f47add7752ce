"""Addresses and links that go into mail."""

import hmac
from functools import lru_cache
from urllib.parse import quote_plus

from listserv.config import Settings
from listserv.mail import tokens


@lru_cache(maxsize=8)
def _key(secret: str) -> bytes:
    # A key of its own for each use: a signature made for one can never pass for another.
    return hmac.digest(secret.encode(), b"tokens", "sha256")


def signing_key(settings: Settings) -> bytes:
    """The key that signs bounce, one-click and digest addresses (mail.tokens)."""
    return _key(settings.site.secret)


def list_address(settings: Settings, name: str, suffix: str = "") -> str:
    """`siecibp@D`, or `siecibp-leave@D` with a suffix."""
    return f"{name}-{suffix}@{settings.site.domain}" if suffix else f"{name}@{settings.site.domain}"


def moderators_address(settings: Settings, name: str) -> str:
    """`moderator_siecibp@D`: the humans."""
    return f"moderator_{name}@{settings.site.domain}"


def token_address(settings: Settings, token: str) -> str:
    """`r+TOKEN@D`."""
    return f"r+{token}@{settings.site.domain}"


def bounce_address(settings: Settings, letter_id: int) -> str:
    """The envelope sender of one of our own letters: what comes back tells which did not arrive."""
    return token_address(settings, tokens.sign(signing_key(settings), tokens.Kind.LETTER, letter_id))


def item_address(settings: Settings, member_id: int, message_id: int) -> str:
    """Where this member answers this message: a reply lands under it, whatever headers the mail program sends along."""
    return token_address(settings, tokens.sign(signing_key(settings), tokens.Kind.DIGEST_ITEM, member_id, message_id))


def unsubscribe_url(settings: Settings, member_id: int) -> str:
    """The one-click link of a membership (RFC 8058)."""
    return f"{settings.site.url}/unsubscribe/{tokens.sign(signing_key(settings), tokens.Kind.UNSUBSCRIBE, member_id)}"


def unsubscribe_address(settings: Settings, member_id: int) -> str:
    """The same by mail: anything sent there takes the member off the list."""
    return token_address(settings, tokens.sign(signing_key(settings), tokens.Kind.UNSUBSCRIBE, member_id))


def archive_url(settings: Settings, name: str) -> str:
    """The list's page."""
    return f"{settings.site.url}/{name}/"


def thread_url(settings: Settings, name: str, thread_id: int) -> str:
    """A thread's page."""
    return f"{settings.site.url}/{name}/thread/{thread_id}"


def message_url(settings: Settings, name: str, message_hash: str) -> str:
    """A post's permanent address (RFC 5064)."""
    return f"{settings.site.url}/{name}/message/{message_hash}"


def material_file_url(settings: Settings, name: str, number: int, version: int = 0) -> str:
    """A material's newest file, or that of a version."""
    return f"{material_url(settings, name, number)}/file" + (f"/{version}" if version else "")


def search_url(settings: Settings, name: str, words: str) -> str:
    """What is found on a list by these words."""
    return f"{settings.site.url}/{name}/search?q={quote_plus(words)}"


def feed_url(settings: Settings, name: str, key: str = "") -> str:
    """A list's feed; with the key of a member where the list is not public."""
    return f"{settings.site.url}/{name}/feed.atom" + (f"?key={key}" if key else "")


def meetings_feed_url(settings: Settings, name: str, key: str = "") -> str:
    """A list's calendar of meetings; with the key of a member where the list is not public."""
    return f"{settings.site.url}/{name}/meetings.ics" + (f"?key={key}" if key else "")


def calendar_url(settings: Settings, user_id: int, number: int) -> str:
    """A person's own calendar of meetings: whoever has it can read along."""
    return f"{settings.site.url}/r/calendar/{tokens.sign(signing_key(settings), tokens.Kind.CALENDAR, user_id, number)}.ics"


def sign_in_url(settings: Settings, token: str) -> str:
    """A sign-in link."""
    return f"{settings.site.url}/sign-in/{token}"


def prove_url(settings: Settings, token: str) -> str:
    """The link that proves one more address of somebody's own."""
    return f"{settings.site.url}/me/prove/{token}"


def passkey_url(settings: Settings, token: str) -> str:
    """The link that takes a new passkey back."""
    return f"{settings.site.url}/me/keys/back/{token}"


def invitation_url(settings: Settings, token: str) -> str:
    """The page on which somebody who was invited says yes or no."""
    return f"{settings.site.url}/me/invitation/{token}"


def subscribe_url(settings: Settings, name: str, token: str = "") -> str:  # nosec B107: none
    """Where forms of other sites send an address that wants a newsletter; with the key of our letter, where its owner says yes."""
    return f"{settings.site.url}/{name}/subscribe" + (f"/{token}" if token else "")


def keep_url(settings: Settings, token: str) -> str:
    """The link that stops an erasure."""
    return f"{settings.site.url}/me/keep/{token}"


def materials_url(settings: Settings, name: str) -> str:
    """The page of a list's bank of materials."""
    return f"{settings.site.url}/{name}/materials/"


def material_url(settings: Settings, name: str, number: int) -> str:
    """The page of one material."""
    return f"{settings.site.url}/{name}/materials/{number}"


def question_key(settings: Settings, member_id: int, survey_id: int) -> str:
    """By which this member answers this question to everybody."""
    return tokens.sign(signing_key(settings), tokens.Kind.SURVEY, member_id, survey_id)


def question_url_of(settings: Settings, key: str) -> str:
    """The page on which the question of this key is answered."""
    return f"{settings.site.url}/r/question/{key}"


def survey_url(settings: Settings, name: str, survey_id: int) -> str:
    """A survey's page, where its results will stand."""
    return f"{settings.site.url}/{name}/questions/{survey_id}"
