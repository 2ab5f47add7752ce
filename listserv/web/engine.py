"""The template engine, fitted to pages that are asked for all day: a template is compiled once for each language.

Its sentences are then a part of it, as its tags are, and are not looked up for each page again. A template is called by its
language and its name, `pl:forum/list.html`; those that it extends and includes are its own language's.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import markupsafe
from flask.templating import Environment as FlaskEnvironment
from jinja2 import BaseLoader, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import Environment as AnyEnvironment
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from listserv.i18n import LANGUAGES, translations

SAYS = ("gettext", "ngettext")
# markupsafe.escape without its looking for other kinds of text; where a later version has it no more, with.
_plain: Callable[[str], str] = getattr(markupsafe, "_escape_inner", escape)


class Tongue:
    """The sentences of one language, as templates ask for them: safe, with their values escaped."""

    def __init__(self, language: str) -> None:
        self.catalogue = translations(language)

    def gettext(self, text: str, **values: object) -> Markup:
        """A sentence."""
        said = self.catalogue.gettext(text)
        # Jinja doubles the percent signs of its sentences.
        return fill(said, values) if values else Markup(said.replace("%%", "%"))  # nosec B704: our own sentence

    def ngettext(self, one: str, many: str, number: int, **values: object) -> Markup:
        """A sentence with a number in it."""
        return fill(self.catalogue.ngettext(one, many, number), {"num": number, **values})


def fill(sentence: str, values: dict[str, object]) -> Markup:
    """A sentence with its values."""
    return Markup(sentence % {name: value if type(value) is int else escape(value) for name, value in values.items()})  # nosec B704: values escaped


tongue = cache(Tongue)


def escaped(value: object) -> str:
    """A value as it may stand in a page: `markupsafe.escape`, quick about the kinds that templates hold most."""
    kind = type(value)
    if kind is str:
        return _plain(value)  # type: ignore[arg-type]
    if kind is Markup:
        return value  # type: ignore[return-value]
    return str(value) if kind is int else escape(value)


def called(language: str, template: str) -> str:
    """A template's name in a language."""
    return f"{language}:{template}"


def apart(name: str) -> tuple[str, str]:
    """(language, template) of a name."""
    language, _, template = name.rpartition(":")
    return language, template


class Loader(BaseLoader):
    """Each template, whatever its language, from one file."""

    def __init__(self, files: BaseLoader) -> None:
        self.files = files

    def get_source(self, environment: AnyEnvironment, template: str) -> Any:
        """The text of the file."""
        return self.files.get_source(environment, apart(template)[1])


class Sentences(NodeTransformer):
    """Sentences become what they say; those with values become direct calls."""

    def __init__(self, language: str) -> None:
        self.language = language

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        """`gettext` and `ngettext`; everything else stays."""
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name) or node.node.name not in SAYS:
            return node
        first = node.args[0]
        if not node.kwargs and len(node.args) == 1 and isinstance(first, nodes.Const):
            return nodes.MarkSafe(nodes.Const(tongue(self.language).gettext(first.value)), lineno=node.lineno)
        # Jinja looks at what it calls, each time; not so at filters.
        return nodes.Filter(first, filter_of(node.node.name, self.language), node.args[1:], node.kwargs, None, None, lineno=node.lineno)


def filter_of(name: str, language: str) -> str:
    """The filter that says it."""
    return f"{name}_{language}"


class Generator(CodeGenerator):
    """Writes a template's code."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        """A whole template."""
        language = apart(self.name or "")[0]
        super().visit_Template(Sentences(language).visit(node) if language in LANGUAGES else node, frame)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
            return
        self.write("environment.escaped(")


class Environment(FlaskEnvironment):
    """Jinja's, with all that."""

    code_generator_class = Generator
    escaped = staticmethod(escaped)

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, **options)
        assert self.loader
        self.loader = Loader(self.loader)
        for language in LANGUAGES:
            self.filters |= {filter_of(name, language): getattr(tongue(language), name) for name in SAYS}

    def join_path(self, template: str, parent: str) -> str:
        """What a template extends, includes or imports is of its own language."""
        language = apart(parent)[0]
        return called(language, template) if language and ":" not in template else template
