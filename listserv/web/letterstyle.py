"""The styles of a formatted letter as a sheet of their own, so that no page of ours allows styles within it.

The cleaned letter's style attributes (`mail/htmlstyle.py`) become numbers in the page and rules in the sheet.
"""

import re
from html import unescape

from flask import Blueprint, Response, request
from markupsafe import Markup

from listserv.errors import NotFound
from listserv.usecases import reading
from listserv.web.visit import visit

blueprint = Blueprint("letterstyle", __name__)

# In cleaned HTML every < of a text is escaped, so that each of these is a tag.
TAG = re.compile(r"<[a-z][^<>]*>")
STYLE = re.compile(r' style="([^"]*)"')
# What could end a rule or begin another thing; the cleaner lets none of it through.
NOT_IN_A_RULE = re.compile(r"[{}<>@\\\x00-\x1f]")


def dressed(html: str) -> Markup:
    """The letter with a number for each style."""
    numbers: dict[str, int] = {}

    def number(style: re.Match[str]) -> str:
        return f' data-s="{numbers.setdefault(style[1], len(numbers))}"'

    return Markup(TAG.sub(lambda tag: STYLE.sub(number, tag[0]), html))  # nosec B704: styles leave cleaned HTML, nothing comes in


def rules(html: str) -> str:
    """The styles of these numbers."""
    styles = dict.fromkeys(style for tag in TAG.findall(html) for style in STYLE.findall(tag))
    made = ((number, unescape(style)) for number, style in enumerate(styles))
    # An open quotation mark ends with its line.
    return "".join(f'.foreign [data-s="{number}"] {{\n{style}\n}}\n' for number, style in made if not NOT_IN_A_RULE.search(style))


@blueprint.get("/<list:name>/message/<message_hash>/style.css")
def sheet(name: str, message_hash: str) -> Response:
    """The styles of one letter, for those who may read it."""
    single = reading.message(visit().db, name, message_hash, visit().actor, file_url=str)
    if single.html is None:
        raise NotFound("there is no such page")
    response = Response(rules(single.html), content_type="text/css; charset=utf-8")
    response.add_etag()
    response.make_conditional(request)
    return response
