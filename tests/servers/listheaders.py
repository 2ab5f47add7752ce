"""What the RFCs ask of a list mail's header, looked at by structure: RFC 2369 (List-*), RFC 2919 (List-Id), RFC 8058 (one click)."""

import re
from email import message_from_bytes

# RFC 2369 section 2: URLs in angle brackets, separated by commas; section 3: each of them with a mailto where one can write.
URLS = re.compile(r"<[a-z]+:[^<>\s]+>(?:\s*,\s*<[a-z]+:[^<>\s]+>)*(?:\s*\([^()]*\))?")
# RFC 2919 section 3: an optional phrase, and dot-atoms with at least one dot in brackets.
LIST_ID = re.compile(r"[^<>]*<[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+>")
MAILTO = {"List-Help", "List-Subscribe", "List-Unsubscribe", "List-Post", "List-Owner"}
ONCE = (*MAILTO, "List-Id", "List-Archive", "List-Unsubscribe-Post")


def problems(raw: bytes) -> list[str]:
    """What is wrong with it; nothing, where all is well."""
    mail = message_from_bytes(raw)
    found = [f"{name} stands {len(mail.get_all(name, []))} times" for name in ONCE if len(mail.get_all(name, [])) != 1]
    if found:
        return found
    values = {name: " ".join(mail[name].split()) for name in ONCE}
    found += [f"{name} is no list of URLs: {values[name]}" for name in (*sorted(MAILTO), "List-Archive") if not URLS.fullmatch(values[name])]
    found += [f"{name} has no mailto" for name in sorted(MAILTO) if "<mailto:" not in values[name]]
    if not LIST_ID.fullmatch(values["List-Id"]):
        found.append(f"List-Id: {values['List-Id']}")
    # RFC 8058 section 3.1: exactly one https address, and the other field in these very words.
    if len(re.findall("<https:", values["List-Unsubscribe"])) != 1:
        found.append(f"List-Unsubscribe has not one https address: {values['List-Unsubscribe']}")
    if values["List-Unsubscribe-Post"] != "List-Unsubscribe=One-Click":
        found.append(f"List-Unsubscribe-Post: {values['List-Unsubscribe-Post']}")
    return found


def signed_fields(raw: bytes, domain: str) -> set[str]:
    """The fields that a DKIM signature of this domain covers, in small letters."""
    for value in message_from_bytes(raw).get_all("DKIM-Signature", []):
        tags = dict(part.strip().partition("=")[::2] for part in "".join(value.split()).split(";") if part)
        if tags.get("d") == domain:
            return set(tags["h"].lower().split(":"))
    return set()
