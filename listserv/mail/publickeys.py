"""The public keys that signers publish in DNS, and what they prove (RFC 6376 section 3.6, RFC 8301, RFC 8463).

The arithmetic is that of `cryptography`, a large library: it is loaded where there is a signature to read.
"""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

LONGEST_KEY = 4_096
# RFC 8301 section 3.2: shorter keys prove nothing; longer ones than anybody publishes only cost time.
KEY_BITS = range(1024, 8193)
ALGORITHMS = {"rsa-sha256": "rsa", "ed25519-sha256": "ed25519"}
TAG = re.compile(r"\s*([A-Za-z]\w*)\s*=\s*(.*?)\s*\Z", re.DOTALL)

Tags = dict[str, str]


class Unusable(Exception):
    """A signature or a key that is none: RFC 8601's permerror."""


def tag_list(text: str) -> Tags:
    """Tag=value pairs. One given twice spoils all. Raises Unusable."""
    tags: Tags = {}
    for spec in text.strip().removesuffix(";").split(";"):
        found = TAG.match(spec)
        if not found or found[1] in tags:
            raise Unusable
        tags[found[1]] = found[2]
    return tags


def published_key(records: Sequence[str]) -> tuple[Any, Tags]:
    """The public key that a domain publishes and all that it says of it (RFC 6376 section 3.6.1). Raises Unusable."""
    if not records or len(records[0]) > LONGEST_KEY:
        raise Unusable
    key = tag_list(records[0])
    if key.get("v", "DKIM1") != "DKIM1" or not key.get("p") or not _allows(key, "h", "sha256") or not _allows(key, "s", "email"):
        raise Unusable
    return _public_key(octets(key["p"]), key.get("k", "rsa").lower()), key


def _allows(key: Tags, tag: str, wanted: str) -> bool:
    given = [word.strip().lower() for word in key.get(tag, "*").split(":")]
    return "*" in given or wanted in given


def _public_key(data: bytes, kind: str) -> Any:
    # Brings a large library with it: only where there is a signature to read.
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    if kind not in ALGORITHMS.values():
        raise Unusable
    try:
        key = Ed25519PublicKey.from_public_bytes(data) if kind == "ed25519" else load_der_public_key(data)
    except (ValueError, UnsupportedAlgorithm) as wrong:
        raise Unusable from wrong
    if kind == "rsa" and not (isinstance(key, RSAPublicKey) and key.key_size in KEY_BITS):
        raise Unusable
    return key


def proves(key: Any, signature: bytes, data: bytes, kind: str) -> bool:
    """Is this a signature with that key on these bytes?"""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        # RFC 8463 section 3: Ed25519 signs the digest.
        key.verify(signature, sha256(data).digest()) if kind == "ed25519" else key.verify(signature, data, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def octets(text: str) -> bytes:
    """What base64 with white space in it stands for. Raises Unusable."""
    try:
        return b64decode("".join(text.split()), validate=True)
    except (NotBase64, ValueError) as wrong:
        raise Unusable from wrong
