"""DKIM signatures of our own (RFC 6376, RFC 8463): RSA and Ed25519, relaxed/relaxed, the body hashed once for all copies.

What all copies share is canonicalised and hashed once for a content; a copy costs its own header lines, one SHA-256 and
one signature of each key. The arithmetic is that of `cryptography`, which is loaded with the first key.
"""

import re
import time
from base64 import b64encode
from collections.abc import MutableMapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple, Protocol

from listserv.mail import headers
from listserv.mail.headers import Field
from listserv.mail.publickeys import ALGORITHMS
from listserv.mail.signatures import DOMAIN, SELECTOR, canonical, relaxed_body

# What a signature covers wherever it is there; the header lines of one copy (RFC 8058 section 4) come to these.
COVERED = ("from", "sender", "reply-to", "subject", "date", "message-id", "to", "cc", "in-reply-to", "references") + (
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "list-id",
    "list-post",
    "list-help",
    "list-subscribe",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "list-owner",
    "list-archive",
    "archived-at",
)
# RFC 8301 section 3.2.
RSA_BITS = range(1024, 8193)
PEM = re.compile(rb"-----BEGIN ([A-Z ]*)PRIVATE KEY-----.*?-----END \1PRIVATE KEY-----", re.DOTALL)
KINDS = ("ed25519", "rsa")


class Content(Protocol):
    """The bytes that are signed; `known` is kept with them."""

    @property
    def head(self) -> bytes: ...
    @property
    def body(self) -> bytes: ...
    @property
    def known(self) -> MutableMapping[Any, Any]: ...


class Key(NamedTuple):
    """A private key and under which selector its public half is published."""

    kind: str
    selector: str
    private: Any

    def sign(self, digest: bytes) -> bytes:
        """The signature over a SHA-256."""
        if self.kind == "ed25519":
            return bytes(self.private.sign(digest))
        return bytes(self.private.sign(digest, *_rsa_form()))

    @property
    def record(self) -> str:
        """What stands in DNS for it."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        public = self.private.public_key()
        # RFC 8463 section 4: the bare 32 bytes; RSA in the form of RFC 5280.
        form = (Encoding.Raw, PublicFormat.Raw) if self.kind == "ed25519" else (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; k={self.kind}; p={b64encode(public.public_bytes(*form)).decode('ascii')}"


class Shared(NamedTuple):
    """What all copies of a content have in common for one key: the hash so far, and the field up to its b=."""

    hash: Any
    names: str
    start: bytes
    # The same, canonical, as it is hashed.
    hashed: bytes


@lru_cache(1)
def _rsa_form() -> tuple[Any, Any]:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
    from cryptography.hazmat.primitives.hashes import SHA256

    return PKCS1v15(), Prehashed(SHA256())


class Signer:
    """Signs for a domain with one key or two."""

    def __init__(self, keys: Sequence[Key], domain: str) -> None:
        self.keys, self.domain = tuple(keys), domain.lower()

    def sign(self, personal: bytes, content: Content) -> bytes:
        """The DKIM-Signature fields that belong on top of a copy: `personal` are its own header lines."""
        own = _own(personal)
        return b"".join(self._signed(key, number, own, content) for number, key in enumerate(self.keys))

    def _signed(self, key: Key, number: int, own: tuple[bytes, str], content: Content) -> bytes:
        lines, names = own
        shared: Shared | None = content.known.get((self, number))
        if shared is None or shared.names != names:
            shared = content.known[self, number] = self._shared(key, names, content)
        digest = shared.hash.copy()
        digest.update(lines + shared.hashed)
        text = b64encode(key.sign(digest.digest()))
        return shared.start + b"\r\n ".join(text[at : at + 74] for at in range(0, len(text), 74)) + b"\r\n"

    def _shared(self, key: Key, own_names: str, content: Content) -> Shared:
        fields = headers.split(content.head + b"\r\n")[0]
        chosen = [field for name in COVERED for field in reversed(fields) if field.name == name]
        # From once more than it is there: nobody can put another on top (RFC 6376 section 8.15).
        names = ":".join(["from", *(field.name for field in chosen), *own_names.split()])
        body_hash = b64encode(sha256(relaxed_body(content.body)).digest()).decode("ascii")
        start = (
            f"DKIM-Signature: v=1; a={key.kind}-sha256; c=relaxed/relaxed; d={self.domain}; s={key.selector};\r\n"
            f" t={int(time.time())}; {_folded(f'h={names}')};\r\n bh={body_hash};\r\n b="
        ).encode("ascii")
        hashed = canonical(Field("dkim-signature", start), "relaxed").removesuffix(b"\r\n")
        return Shared(sha256(b"".join(canonical(field, "relaxed") for field in chosen)), own_names, start, hashed)


@lru_cache(1)
def _own(personal: bytes) -> tuple[bytes, str]:
    """The canonical form of one copy's lines, and their names; of each name the lowest counts first."""
    fields = headers.split(personal)[0][::-1]
    return b"".join(canonical(field, "relaxed") for field in fields), " ".join(field.name for field in fields)


def _folded(names: str) -> str:
    lines = [""]
    for name in names.split(":"):
        if len(lines[-1]) + len(name) > 70:
            lines.append("")
        lines[-1] += f"{name}:"
    return "\r\n ".join(lines).removesuffix(":")


def read_signer(pem: bytes, selectors: str, domain: str) -> Signer:
    """The signer with the keys of a file. Raises ValueError with a sentence for the administrator."""
    names = [name.strip().lower() for name in selectors.split(",") if name.strip()]
    found = [found[0] for found in PEM.finditer(pem)]
    if not found:
        raise ValueError("there is no private key (PEM) in the file")
    if len(found) > 2:
        raise ValueError("there are more than two keys in the file: one RSA and one Ed25519 are enough")
    if len(names) != len(found):
        raise ValueError(f"the file holds {len(found)} and relay.dkim_selector names {len(names)}: give each key a selector, with commas")
    for name in names:
        if not SELECTOR.fullmatch(name):
            raise ValueError(f"{name} is no selector: letters, digits, hyphens and dots")
    if not DOMAIN.fullmatch(domain.lower()):
        raise ValueError(f"{domain} is no domain that can sign: set site.domain")
    return Signer([_key(one, name) for one, name in zip(found, names, strict=True)], domain)


def _key(pem: bytes, selector: str) -> Key:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        private = load_pem_private_key(pem, None)
    except TypeError:
        raise ValueError("the key is protected by a password: take that off") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("a key in the file cannot be read") from None
    if isinstance(private, Ed25519PrivateKey):
        return Key("ed25519", selector, private)
    if isinstance(private, RSAPrivateKey) and private.key_size in RSA_BITS:
        return Key("rsa", selector, private)
    raise ValueError("DKIM knows RSA keys of 1024 bits and more, and Ed25519; this one is something else")


def new_key(kind: str, bits: int = 2048) -> bytes:
    """A private key of its own making, as PEM. `kind` is one of KINDS."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    assert f"{kind}-sha256" in ALGORITHMS
    private: Any = Ed25519PrivateKey.generate() if kind == "ed25519" else generate_private_key(65537, bits)
    return bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
