"""Bytes from base64, however damaged."""

import binascii

LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
NO_LETTERS = bytes(set(range(256)) - set(LETTERS))


def base64(data: bytes) -> bytes:
    """As many bytes as base64 gives, whatever is between its letters or missing at its end."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        letters = data.translate(None, NO_LETTERS)
        whole = len(letters) - (len(letters) % 4 == 1)
        return binascii.a2b_base64(letters[:whole] + b"=" * (-whole % 4))
