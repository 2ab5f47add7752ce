"""Are holes known of what constraints.txt names? Asks PyPI's advisories, else OSV's, through pip-audit.

0: none is known, or nobody could be asked (the last line says which); 1: some are. It ends within some minutes, whatever the network does.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
SECONDS = int(os.environ.get("AUDIT_SECONDS", "120"))
TOOL = "pip-audit>=2.9,<3"
# Holes that are no trouble here, each with the reason.
KNOWN: dict[str, str] = {}


def main() -> int:
    with TemporaryDirectory() as folder:
        tool = _tool(Path(folder))
        if tool is None:
            return _unknown("pip-audit could not be installed")
        for service in ("pypi", "osv"):
            found = _ask(tool, service, Path(folder) / f"{service}.json")
            if found is not None:
                return _tell(found, service)
    return _unknown("neither PyPI's nor OSV's advisories answered")


def _tool(folder: Path) -> Path | None:
    """Where pip-audit is; it lives for this run alone, because nothing else here needs it."""
    given = os.environ.get("PIP_AUDIT")
    if given:
        return Path(given)
    made = folder / "tool"
    if _run([sys.executable, "-m", "venv", str(made)]) != 0:
        return None
    done = _run([str(made / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "10", TOOL])
    return made / "bin" / "pip-audit" if done == 0 else None


def _ask(tool: Path, service: str, out: Path) -> list[dict[str, object]] | None:
    """What it says of each dependency; None where it had no answer about any of them."""
    asked = [str(tool), "--requirement", str(ROOT / "constraints.txt"), "--no-deps", "--disable-pip", "--vulnerability-service", service]
    _run([*asked, "--timeout", "10", "--progress-spinner", "off", "--format", "json", "--output", str(out)])
    try:
        said = json.loads(out.read_text("utf-8"))["dependencies"]
    except (OSError, ValueError, KeyError):
        return None
    return said if any("vulns" in one for one in said) else None


def _run(command: list[str]) -> int:
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=SECONDS, check=False).returncode
    except (OSError, subprocess.TimeoutExpired):
        return -1


def _tell(found: list[dict[str, object]], service: str) -> int:
    holes = [(one, hole) for one in found for hole in one.get("vulns", ()) if hole["id"] not in KNOWN]
    for one, hole in holes:
        print(f"audit: {one['name']} {one['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version yet'}")
    unasked = [str(one["name"]) for one in found if "vulns" not in one]
    if unasked:
        print(f"audit: NOT CHECKED, {service} knows nothing of them: {', '.join(unasked)}")
    print(f"audit: {len(found) - len(unasked)} of {len(found)} dependencies checked with {service}, {len(holes)} known holes")
    return 1 if holes else 0


def _unknown(why: str) -> int:
    print(f"audit: NOT CHECKED whether holes are known of the dependencies: {why}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
