"""Posts that were written in the browser, shown as their authors meant them: their plain text is Markdown."""

import re

from markupsafe import Markup

from listserv.mail import markup
from listserv.usecases.conversations import Post
from listserv.web.visit import visit

# `mail.compose.message_id`. Anybody may write under such an id; it would change nothing but how their own words are set.
OURS = re.compile(r"[0-9a-f]{24}@")
HEADING = re.compile(r"<(/?)h([1-6])>")
LINK = re.compile(r'<a href="([^"]*)"([^>]*)>([^<]*)</a>')
SCHEME = re.compile(r"^(?:mailto:|https?://)")
# Of the page: a post stands below its heading of the first level.
FIRST_LEVEL = 2


def is_marked(post: Post) -> bool:
    """Was this written here, with marks? (Only then the mail has a second form.)"""
    return post.has_html and OURS.match(post.message_id) is not None and post.message_id[25:] == visit().settings.site.domain


def shown(text: str) -> Markup:
    """Markdown as a part of a page of ours."""
    html = LINK.sub(_link, _levelled(markup.to_html(text)))
    # What is wider than the page scrolls within its own box, by the keyboard too.
    html = html.replace("<pre>", '<pre tabindex="0">')
    return Markup(html.replace("<table>", '<div class="table" tabindex="0"><table>').replace("</table>", "</table></div>"))  # nosec B704: cleaned by nh3


def _levelled(html: str) -> str:
    """With headings that leave no level out, however their author has chosen them."""
    levels = sorted({found[2] for found in HEADING.finditer(html)})
    return HEADING.sub(lambda found: f"<{found[1]}h{FIRST_LEVEL + levels.index(found[2])}>", html) if levels else html


def _link(found: re.Match[str]) -> str:
    """A link that shows its own address need not say it again on paper."""
    itself = SCHEME.sub("", found[1]).rstrip("/") == SCHEME.sub("", found[3]).rstrip("/")
    return f'<a class="url" href="{found[1]}"{found[2]}>{found[3]}</a>' if itself else found[0]
