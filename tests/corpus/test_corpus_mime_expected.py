"""What the makers of the corpus state of each mail's bodies and attachments is what we find, but for what is explained here."""

import gzip
import io
import json
import re

import pytest

from listserv.mail import html, mbox
from listserv.mail.parse import attachment, parse
from listserv.mail.text import clean, decode
from tests.corpus import corpus

pytestmark = corpus.needed

PONYMAIL = ("commits_ponymail_apache_org_2016-06.mbox", "httpd-users-2020-07.mbox", "empty_attachment.mbox", "no_date.mbox")
# (file, part) -> why we read it otherwise, on purpose.
OTHERWISE = {
    ("thirdparty/002.eml", 2): "base64 with words behind its padding: stated is noise made of them, we stop at the padding (RFC 4648 section 3.3)",
    ("rfc/001.eml", "name of 2"): "it holds folders, which we take off",
    ("malformed/009.eml", 3): "the outer boundary ends an inner part that has no end of its own (RFC 2046 section 5.1.2); stated is both as one",
    ("malformed/011.eml", 3): "as 009",
    ("testmsgs/malformedHeaderStartsBody-nocrlfcrlf.msg", "1"): "a line without colon in the header begins the body, and none of what follows is dropped",
    ("mimetools-testmsgs/multi-frag.msg", "1_3_2"): "base64 without padding, with words behind it: we give the last letters too",
}


def squeezed(text):
    return " ".join(text.split())


def bare(data):
    return re.sub(rb"\r\n|\r", b"\n", data).strip()


def held(raw, depth=0):
    """Everything that we show of a mail: its text, its HTML, its attachments, and what is in the messages among them."""
    post = parse(raw)
    files = [(each, attachment(raw, each.number)[1]) for each in post.attachments]
    texts, pages = [post.text], [post.html or ""]
    for each, data in list(files):
        if each.type.startswith("message/") and depth < 4:
            inner_texts, inner_pages, inner_files = held(data, depth + 1)
            texts, pages, files = texts + inner_texts, pages + inner_pages, files + inner_files
    return texts, pages, files


def shows_text(text, raw):
    texts, pages, files = held(raw)
    # Where the makers could not read a letter, any will do.
    wanted = re.compile(re.escape(squeezed(clean(text))).replace("\N{REPLACEMENT CHARACTER}", "."))
    candidates = [*texts, *(decode(data) for _, data in files)]
    return any(wanted.search(squeezed(each)) for each in candidates) or shows_page(text, pages)


def shows_page(source, pages):
    safe = squeezed(html.clean(source))
    return any(safe and safe in squeezed(page) for page in pages)


def shows_file(data, raw):
    return any(bare(content) == bare(data) for _, content in held(raw)[2])


def parameters(part, field):
    headers = {header["name"]: header["value"] for header in part["headers"] if isinstance(header["name"], str)}
    stated = (headers.get(field) or {}).get("ContentType") or {}
    return {each["name"]: each["value"] for each in stated.get("attributes") or []}


def stalwart():
    """Each part that is stated to be a body or an attachment: file, part, and whether we show it."""
    for name in corpus.files("A-mime"):
        if not name.startswith("stalwart/"):
            continue
        raw = corpus.read("A-mime", name)
        whole = json.loads((corpus.CORPUS / "A-mime" / name).with_suffix(".json").read_bytes())
        for number in sorted({*whole["text_body"], *whole["html_body"], *whole["attachments"]}):
            part, short = whole["parts"][number], name.removeprefix("stalwart/")
            yield short, number, shows(part, raw)
            if called := parameters(part, "content_disposition").get("filename") or parameters(part, "content_type").get("name"):
                pattern = re.compile(re.escape(called).replace("\N{REPLACEMENT CHARACTER}", "."))
                yield short, f"name of {number}", any(pattern.fullmatch(each.name) for each, _ in held(raw)[2])


def shows(part, raw):
    ((kind, stated),) = part["body"].items()
    if kind in ("Binary", "InlineBinary"):
        return shows_file(bytes(stated), raw)
    if kind == "Message":
        return any(each.type.startswith("message/") or each.name.endswith(".eml") for each, _ in held(raw)[2])
    return shows_text(stated, raw)


def mime4j():
    """Each decoded body: file, its place in the structure, and whether we show it."""
    for item in corpus.items("A-mime"):
        if not item["file"].startswith("mime4j/"):
            continue
        raw = corpus.read("A-mime", item["file"])
        for name in item["expected"]["decoded_parts"]:
            data = corpus.read("A-mime", f"mime4j/{name}")
            place = re.search(r"_decoded_([\d_]+)\.", name)[1]
            yield item["file"].removeprefix("mime4j/"), place, shows_file(data, raw) or shows_text(decode(data), raw)


@pytest.mark.parametrize("stated", [stalwart, mime4j])
def test_bodies_and_attachments_are_those_that_are_stated(stated):
    parts = list(stated())
    assert {(name, place) for name, place, good in parts if not good} <= set(OTHERWISE)


def test_of_all_bodies_and_attachments_at_least_97_in_100_are_those_that_are_stated():
    good = [each for stated in (stalwart, mime4j) for *_, each in stated()]
    assert sum(good) / len(good) >= 0.97


def entries(name):
    path = corpus.CORPUS / "D-archives" / "ponymail" / name
    data = path.read_bytes() if path.exists() else gzip.decompress(path.with_name(f"{name}.gz").read_bytes())
    return [entry.raw for entry in mbox.entries(io.BytesIO(data))]


def stated_of(name):
    """The attachments of each mail of an mbox: the little YAML that is there, read line by line."""
    mails = []
    for path in sorted((corpus.CORPUS / "D-archives" / "ponymail" / "expected").glob("parsing*.yaml")):
        here = False
        for line in path.read_text().splitlines():
            if found := re.match(r"  corpus/(.+):$", line):
                here = found[1] == name
            elif here and line.startswith("  - index:"):
                mails.append([])
            elif here and (found := re.match(r"    (- |  )(content_type|filename|hash|size): (.*)", line)):
                if found[1] == "- ":
                    mails[-1].append({})
                mails[-1][-1][found[2]] = found[3].strip("'\"")
    return mails


def ponymail():
    """Each mail of the archives: file, number, and whether name, type, size and hash of its attachments are those stated."""
    for name in PONYMAIL:
        mails, stated = entries(name), stated_of(name)
        assert len(mails) == len(stated), name
        for number, (raw, wanted) in enumerate(zip(mails, stated, strict=True)):
            ours = [(each.type, each.name, each.sha256, each.size) for each in parse(raw).attachments]
            yield name, number, ours == [(each["content_type"], each["filename"], each["hash"], int(each["size"])) for each in wanted]


def test_the_attachments_of_real_archives_have_the_stated_names_types_sizes_and_hashes():
    assert [(name, number) for name, number, good in ponymail() if not good] == []
