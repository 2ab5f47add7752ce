"""An RSA key pair of the tests, made anew each time: no private key lies in the repository."""

import base64
import random


def der(kind: int, body: bytes) -> bytes:
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([kind]) + (bytes([len(body)]) if len(body) < 128 else bytes([0x80 + len(length)]) + length) + body


def numbers(*values: int) -> bytes:
    return der(0x30, b"".join(der(2, value.to_bytes(value.bit_length() // 8 + 1, "big")) for value in values))


def prime() -> int:
    while True:
        candidate = random.getrandbits(512) | (3 << 510) | 1
        if candidate % 65537 != 1 and all(pow(base, candidate - 1, candidate) == 1 for base in (2, 3, 5)):
            return candidate


def rsa_key():
    """A key pair of this run: (PEM private key, TXT record)."""
    p, q = prime(), prime()
    n, e, d = p * q, 65537, pow(65537, -1, (p - 1) * (q - 1))
    private = numbers(0, n, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))
    public = der(0x30, der(0x30, bytes.fromhex("06092a864886f70d0101010500")) + der(3, b"\0" + numbers(n, e)))
    pem = b"-----BEGIN RSA PRIVATE KEY-----\n" + base64.encodebytes(private) + b"-----END RSA PRIVATE KEY-----\n"
    return pem, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"
