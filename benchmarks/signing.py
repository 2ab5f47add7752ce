"""DKIM: copies signed a second, unsigned beside Ed25519, RSA-2048 and both, and dkimpy in the same run.

    python benchmarks/signing.py [--copies 2000]

Each copy has header lines of its own and shares 4 KB with the others. CPU time of one core; the ratio is to dkimpy, which hashes
the body and canonicalises everything anew for each mail. Signing in threads gains nothing where the interpreter's lock is kept
meanwhile: the last line shows two threads beside one (wall-clock time, so only on a machine with an idle core).
"""

import argparse
import json
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import dkim
from common import message

from listserv.mail.signing import new_key, read_signer
from listserv.relay.mail import Content

DOMAIN = "lists.example.org"


def lines(number):
    return (
        f"List-Unsubscribe: <https://{DOMAIN}/unsubscribe/u{number:030d}>, <mailto:r+u{number:030d}@{DOMAIN}>\r\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    ).encode()


def per_second(work, count):
    begin = time.process_time()
    for number in range(count):
        work(number)
    return count / (time.process_time() - begin)


def of_dkimpy(pem, data, kind):
    """Signs like ours: the same fields, relaxed/relaxed."""
    from base64 import b64encode

    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

    if kind == "ed25519":
        pem = b64encode(load_pem_private_key(pem, None).private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))
    algorithm = f"{kind}-sha256".encode()
    return lambda number: dkim.sign(lines(number) + data, b"a", DOMAIN.encode(), pem, canonicalize=(b"relaxed", b"relaxed"), signature_algorithm=algorithm)


def in_threads(signer, content, count, threads):
    begin = time.monotonic()
    work = [threading.Thread(target=lambda: [signer.sign(lines(number), content) for number in range(count)]) for _ in range(threads)]
    for one in work:
        one.start()
    for one in work:
        one.join()
    return count * threads / (time.monotonic() - begin)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--copies", type=int, default=2000)
    options = parser.parse_args()
    data = message(0, "anna@example.org", f"bench@{DOMAIN}")
    keys = {kind: new_key(kind) for kind in ("ed25519", "rsa")}
    figures = {"unsigned": per_second(lambda number: lines(number) + data, options.copies * 10)}
    for name, kinds in {"ed25519": ("ed25519",), "rsa-2048": ("rsa",), "both": ("rsa", "ed25519")}.items():
        signer = read_signer(b"".join(keys[kind] for kind in kinds), ",".join("ab"[: len(kinds)]), DOMAIN)
        content = Content(data)
        figures[name] = per_second(lambda number, signer=signer, content=content: signer.sign(lines(number), content) + lines(number) + data, options.copies)
    for kind, pem in keys.items():
        figures[f"dkimpy {kind}"] = per_second(of_dkimpy(pem, data, kind), max(20, options.copies // 50))
    figures["ed25519 : dkimpy"] = figures["ed25519"] / figures["dkimpy ed25519"]
    figures["rsa-2048 : dkimpy"] = figures["rsa-2048"] / figures["dkimpy rsa"]
    print(json.dumps({name: round(value, 1) for name, value in figures.items()}))
    signer = read_signer(keys["rsa"], "a", DOMAIN)
    one, two = (in_threads(signer, Content(data), options.copies // threads, threads) for threads in (1, 2))
    print(json.dumps({"rsa-2048 in one thread": round(one, 1), "in two": round(two, 1), "ratio": round(two / one, 2)}))


if __name__ == "__main__":
    main()
