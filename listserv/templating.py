"""The templates of what goes out as HTML and text at once: digests and issues."""

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from listserv.i18n import translations
from listserv.resources import folder


def environment(name: str, language: str) -> Environment:
    """The templates of one folder in one language; what is no HTML is not escaped."""
    env = Environment(  # nosec B701: escapes whatever ends in .html
        loader=FileSystemLoader(folder("templates") / name),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        autoescape=lambda file: bool(file and file.endswith(".html")),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    return env
