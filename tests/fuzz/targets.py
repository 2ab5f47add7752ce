"""One target under attack, as a process: `python tests/fuzz/targets.py TARGET [-max_total_time=60 …] [CORPUS …] [-- TARGET …]`.

Options are libFuzzer's. `TARGET --once FILE` only looks at one input, without the fuzzer; `TARGET --as-mail FILE` writes
a mail for tests/mails that holds what broke the target. A target is one of `invariants.TARGETS`, or MODULE:FUNCTION. Of several,
one after another, each has a process of its own, and a last line says how it ended.
"""

import importlib
import itertools
import os
import pkgutil
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

# This folder is no place to import from, the checkout is.
sys.path[0] = str(Path(__file__).resolve().parents[2])
# How many mutations keep the shape, and how many repeat something.
IN_SHAPE = 0.7
REPEATED = 0.02


def watched() -> None:
    """Read the code so that the fuzzer sees its way through it, which takes longer than some seconds of fuzzing."""
    import atheris

    with atheris.instrument_imports(include=["listserv", "email"]):
        import listserv.mail

        for module in pkgutil.iter_modules(listserv.mail.__path__, "listserv.mail."):
            importlib.import_module(module.name)


def attack_each(orders: list[list[str]]) -> None:
    """Run the fuzzer on several targets, with what they share read once."""
    watched()
    for target, *options in orders:
        sys.stdout.flush()
        if not (child := os.fork()):
            attack(target, options)
        print(f"\nThe target {target} ended with {os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}", flush=True)


def attack(target: str, options: list[str]) -> None:
    """Run the fuzzer; it ends the process."""
    import atheris

    from tests.fuzz import shapes
    from tests.fuzz.invariants import TooSlow

    look, bend = named(target), shapes.BENT.get(target)

    def attempt(data: bytes) -> None:
        try:
            look(shapes.grown(data))
        except TooSlow:
            # Code that is watched may take ten times as long.
            if subprocess.run([sys.executable, __file__, target, "--once", "/dev/stdin"], input=data, stderr=subprocess.DEVNULL, check=False).returncode:
                raise

    def mutated(data: bytes, largest: int, seed: int) -> bytes:
        rnd = random.Random(seed)
        if bend is None or rnd.random() > IN_SHAPE:
            return bytes(atheris.Mutate(data, largest))
        bent = bend(data.replace(shapes.MANY, b""), rnd)
        return (shapes.repeated(bent, rnd) if rnd.random() < REPEATED else bent)[:largest]

    atheris.Setup([sys.argv[0], *options], attempt, custom_mutator=mutated)
    atheris.Fuzz()


def named(target: str) -> Callable[[bytes], None]:
    """What a target is called by."""
    from tests.fuzz.invariants import TARGETS

    module, _, function = target.partition(":")
    return TARGETS.get(target) or getattr(importlib.import_module(module), function)


def main(target: str, *options: str) -> None:
    """Attack, look once, or write the mail."""
    if options[:1] not in (("--once",), ("--as-mail",)):
        orders = [list(group) for more, group in itertools.groupby((target, *options), lambda word: word == "--") if not more]
        if len(orders) > 1:
            attack_each(orders)
            return
        # What lies elsewhere is watched where it is called from there.
        if ":" not in target:
            watched()
        attack(target, list(options))
        return
    from tests.fuzz import shapes

    data = shapes.grown(Path(options[1]).read_bytes())
    if options[0] == "--once":
        named(target)(data)
    else:
        sys.stdout.buffer.write(shapes.as_mail(target, data))


if __name__ == "__main__":
    main(*sys.argv[1:])
