"""A device with passkeys, in software: what a browser would hand over (WebAuthn Level 3, sections 6.1, 6.5 and 7)."""

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

HERE = "https://lists.example.org"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(data):
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def data(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Device:
    """One passkey on one device. `counts`: it tells how often it was used; `verifies`: it asks who holds it."""

    def __init__(self, *, counts=False, verifies=True):
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.id, self.counter, self.counts, self.verifies, self.handle = secrets.token_bytes(16), 0, counts, verifies, b""

    def add(self, options, **differently):
        """The answer to a request for a new passkey; `differently`: what an attacker's browser would say instead."""
        asked = json.loads(options)
        self.handle = data(asked["user"]["id"])
        numbers = self.private.public_key().public_numbers()
        key = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + key
        head = self._head(differently.get("rp", asked["rp"]["id"]), ATTESTED)
        statement = cbor2.dumps({"fmt": differently.get("fmt", "none"), "attStmt": differently.get("statement", {}), "authData": head + attested})
        return self._answer({"clientDataJSON": text(self._client("webauthn.create", asked, differently)), "attestationObject": text(statement)})

    def show(self, options, **differently):
        """The answer to a request for any passkey of the site."""
        asked = json.loads(options)
        client = self._client("webauthn.get", asked, differently)
        head = self._head(differently.get("rp", asked["rpId"]), 0)
        signature = self.private.sign(head + sha256(client).digest(), ec.ECDSA(SHA256()))
        handle = differently.get("handle", self.handle)
        parts = {"clientDataJSON": client, "authenticatorData": head, "signature": signature, "userHandle": handle}
        return self._answer({name: text(part) for name, part in parts.items()})

    def _head(self, host, flags):
        self.counter += self.counts
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return sha256(host.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _client(self, kind, asked, differently):
        said = {"type": differently.get("kind", kind), "challenge": differently.get("challenge", asked["challenge"])}
        return json.dumps(said | {"origin": differently.get("origin", HERE), "crossOrigin": differently.get("crossOrigin", False)}).encode()

    def _answer(self, response):
        return json.dumps({"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response, "clientExtensionResults": {}})
