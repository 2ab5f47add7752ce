"""Pickles, read without running anything: the disassembler of the standard library names the operations, and only
those that build plain data are carried out.

An unpickler imports what a file names and calls it, and its C code lays out tables as large as a file asks for. Here a
class or function is remembered by its name, "calling" it makes a Record, and no memory is taken for what is not there.
"""

import pickletools  # nosec B403: it names the operations and carries none out
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

from listserv.mailman.values import Unreadable

LARGEST: Final = 64 << 20
# A member of a Mailman 2 list takes about 25: room for a hundred and fifty thousand.
MOST_OPERATIONS: Final = 4_000_000
# Hashes of larger numbers can be made to collide, and a dictionary of them takes for ever.
LARGEST_KEY: Final = 1 << 60


@dataclass(slots=True)
class Record:
    """What would have become an object: the dotted name of its class, what it was made with, and its state."""

    kind: str
    args: tuple[Any, ...] = ()
    state: Any = None
    items: list[Any] = field(default_factory=list)
    pairs: dict[Any, Any] = field(default_factory=dict)

    def get(self, name: str) -> Any:
        """An attribute, under its name as Python 2 or 3 wrote it; None where there is none."""
        state = self.state[0] if isinstance(self.state, tuple) and self.state else self.state
        if not isinstance(state, dict):
            return None
        return state.get(name, state.get(name.encode()))


def load(raw: bytes) -> Any:
    """The value in a pickle: plain data and Records; a string of Python 2 is bytes. Raises Unreadable."""
    if len(raw) > LARGEST:
        raise Unreadable(f"is larger than {LARGEST >> 20} MB: nothing of Mailman's is")
    machine = _Machine()
    try:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(BytesIO(raw))):
            if count > MOST_OPERATIONS:
                raise Unreadable("asks for more work than any list of Mailman's")
            if opcode.name == "STOP":
                return machine.stack.pop()
            machine.do(opcode.name, argument)
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError):
        raise Unreadable("is damaged, or not a file of Mailman's") from None
    raise Unreadable("breaks off in the middle")


class _Machine:
    """Carries out the operations of one pickle."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.below: list[list[Any]] = []
        self.memo: dict[int, Any] = {}

    def do(self, name: str, argument: Any) -> None:
        """Carry out one. Raises Unreadable for what reaches outside the file."""
        if name in PUSHED:
            self.stack.append(PUSHED[name](argument))
        elif name in OPERATIONS:
            OPERATIONS[name](self, argument)
        elif name not in IGNORED:
            raise Unreadable(f"wants something from outside the file ({name}): no list of Mailman's does")

    def to_mark(self) -> list[Any]:
        """Everything since the last mark, taken off."""
        items, self.stack = self.stack, self.below.pop()
        return items

    def last(self, count: int) -> tuple[Any, ...]:
        """The last values, taken off."""
        if len(self.stack) < count:
            raise IndexError
        values = tuple(self.stack[len(self.stack) - count :])
        del self.stack[len(self.stack) - count :]
        return values

    def gather(self, make: Callable[[list[Any]], Any]) -> None:
        """Everything since the last mark becomes one value."""
        made = make(self.to_mark())
        self.stack.append(made)

    def mark(self, _: Any) -> None:
        self.below.append(self.stack)
        self.stack = []

    def pop(self, _: Any) -> None:
        if self.stack:
            self.stack.pop()
        else:
            self.to_mark()

    def extend(self, values: Iterable[Any]) -> None:
        top = self.stack[-1]
        (top.items if isinstance(top, Record) else top).extend(values)

    def update(self, values: list[Any]) -> None:
        top = self.stack[-1]
        _fill(top.pairs if isinstance(top, Record) else top, values)

    def make(self, made: Any, args: Any) -> None:
        """A "call": a Record of that name."""
        kind, given = getattr(made, "kind", "?"), args if isinstance(args, tuple) else ()
        if kind in RECONSTRUCTORS and given and isinstance(given[0], Record):
            kind, given = given[0].kind, given[1:]
        self.stack.append(Record(kind, given))

    def build(self, _: Any) -> None:
        state = self.stack.pop()
        if isinstance(self.stack[-1], Record):
            self.stack[-1].state = state


def _fill(target: dict[Any, Any], values: list[Any]) -> None:
    """Pairs into a dictionary; a key that no file of Mailman's has is left out."""
    for key, value in zip(values[::2], values[1::2], strict=True):
        if key is None or isinstance(key, (str, bytes)) or (isinstance(key, int) and abs(key) < LARGEST_KEY):
            target[key] = value


def _dictionary(values: list[Any]) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    _fill(made, values)
    return made


def _old_text(text: str) -> bytes:
    """A string of Python 2: bytes, which the disassembler shows as Latin-1."""
    return text.encode("latin-1")


def _same(value: Any) -> Any:
    return value


def _global(machine: _Machine, argument: str) -> None:
    machine.stack.append(Record(argument.replace(" ", ".")))


def _stack_global(machine: _Machine, _: Any) -> None:
    module, name = machine.last(2)
    machine.stack.append(Record(f"{module}.{name}"))


def _instance(machine: _Machine, argument: str) -> None:
    machine.gather(lambda args: Record(argument.replace(" ", "."), tuple(args)))


def _object(machine: _Machine, _: Any) -> None:
    made, *args = machine.to_mark()
    machine.make(made, tuple(args))


def _put(machine: _Machine, argument: int) -> None:
    machine.memo[argument] = machine.stack[-1]


RECONSTRUCTORS = ("copy_reg._reconstructor", "copyreg._reconstructor", "copyreg.__newobj__", "copy_reg.__newobj__")
IGNORED = ("PROTO", "FRAME")
PUSHED: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"), _same),
    **dict.fromkeys(("UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"), _same),
    **dict.fromkeys(("BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"), bytes),
    **dict.fromkeys(("STRING", "BINSTRING", "SHORT_BINSTRING"), _old_text),
    "NONE": lambda _: None,
    "NEWTRUE": lambda _: True,
    "NEWFALSE": lambda _: False,
    "EMPTY_TUPLE": lambda _: (),
    "EMPTY_LIST": lambda _: [],
    "EMPTY_SET": lambda _: [],
    "EMPTY_DICT": lambda _: {},
}
OPERATIONS: dict[str, Callable[[_Machine, Any], None]] = {
    "MARK": _Machine.mark,
    "POP": _Machine.pop,
    "POP_MARK": lambda machine, _: machine.to_mark().clear(),
    "DUP": lambda machine, _: machine.stack.append(machine.stack[-1]),
    "TUPLE": lambda machine, _: machine.gather(tuple),
    "TUPLE1": lambda machine, _: machine.stack.append(machine.last(1)),
    "TUPLE2": lambda machine, _: machine.stack.append(machine.last(2)),
    "TUPLE3": lambda machine, _: machine.stack.append(machine.last(3)),
    "LIST": lambda machine, _: machine.gather(list),
    "FROZENSET": lambda machine, _: machine.gather(list),
    "DICT": lambda machine, _: machine.gather(_dictionary),
    "APPEND": lambda machine, _: machine.extend(machine.last(1)),
    "APPENDS": lambda machine, _: machine.extend(machine.to_mark()),
    "ADDITEMS": lambda machine, _: machine.extend(machine.to_mark()),
    "SETITEM": lambda machine, _: machine.update(list(machine.last(2))),
    "SETITEMS": lambda machine, _: machine.update(machine.to_mark()),
    **dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), lambda machine, index: machine.stack.append(machine.memo[index])),
    **dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT"), _put),
    "MEMOIZE": lambda machine, _: _put(machine, len(machine.memo)),
    "GLOBAL": _global,
    "STACK_GLOBAL": _stack_global,
    "INST": _instance,
    "OBJ": _object,
    "REDUCE": lambda machine, _: machine.make(*machine.last(2)),
    "NEWOBJ": lambda machine, _: machine.make(*machine.last(2)),
    "NEWOBJ_EX": lambda machine, _: machine.make(*machine.last(3)[:2]),
    "BUILD": _Machine.build,
}
