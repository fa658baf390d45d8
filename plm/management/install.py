"""Make .venv and install what a lock file names: `python3 plm/management/install.py app|dev`.

Runs before anything is installed, on any Python, so it uses the standard library alone, and first of
all says what is wrong with the Python that it was started with.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
OLDEST = (3, 11)
# The developers' lock holds everything in the app's lock, in the same versions (`make lock`).
COVERS = {"app": ["app"], "dev": ["dev", "app"]}
PIP_OPTIONS = [
    "--require-hashes",
    "--no-input",
    "--no-warn-script-location",
    "--disable-pip-version-check",
    "--progress-bar=off",
]
PROGRESS = r"(?:Collecting|Processing|Requirement already satisfied:) (?:\S+/)?([A-Za-z]\w*(?:[-.][A-Za-z]\w*)*)"
KEPT_LINES = 15
# Without a marker that leaves it to some other system or version of Python.
PLAIN_REQUIREMENT = r"^\w[\w.-]*(?:\[[^]]*\])?==[^;\n]*$"


def main(group: str) -> int:
    wanted = _digest(group)
    if _works(PYTHON) and _stamp(group) == wanted:
        return 0
    began = time.monotonic()
    if not _works(PYTHON) and (fault := _make_venv()):
        sys.stderr.write(f"{fault}\n")
        return 1
    if not _install(group):
        return 1
    for covered in COVERS[group]:
        _stamp_path(covered).write_text(_digest(covered), encoding="ascii")
    _say(f"Installed in {time.monotonic() - began:.0f} s.\n")
    return 0


def _lock(group: str) -> Path:
    return ROOT / "requirements" / f"{group}.txt"


def _digest(group: str) -> str:
    return hashlib.sha256(_lock(group).read_bytes()).hexdigest()


def _stamp_path(group: str) -> Path:
    return VENV / f".installed-{group}"


def _stamp(group: str) -> str:
    path = _stamp_path(group)
    return path.read_text(encoding="ascii") if path.is_file() else ""


def _works(python: Path) -> bool:
    """A virtual environment breaks when the Python it was made with is upgraded or removed."""
    if not python.exists():
        return False
    test = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    return _run(python, "-c", test).returncode == 0


def _run(*argv: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv, check=False, capture_output=True, text=True)  # noqa: S603 - our own Python


def _make_venv() -> str:
    """Return what stands in the way, in one sentence, or nothing."""
    if importlib.util.find_spec("ensurepip") is None:
        return (
            f"{sys.executable} lacks the modules that make virtual environments: install them"
            " (on Debian and Ubuntu: apt install python3-venv) and try again."
        )
    _say(f"Making .venv with Python {sys.version.split()[0]}...\n")
    made = _run(sys.executable, "-m", "venv", "--clear", VENV)
    if made.returncode:
        reason = " ".join((made.stderr or made.stdout).split())
        return f"The virtual environment {VENV} could not be made: {reason}"
    return ""


def _install(group: str) -> bool:
    """Run pip, its many lines condensed to one that counts. False when pip failed, its last lines shown."""
    lock = _lock(group)
    total = len(re.findall(PLAIN_REQUIREMENT, lock.read_text("utf-8"), re.MULTILINE))
    _say(f"Installing {total} packages (once; the next start skips this)...\n")
    process = subprocess.Popen(  # noqa: S603 - our own pip
        [PYTHON, "-m", "pip", "install", *PIP_OPTIONS, "--requirement", lock],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    last: list[str] = []
    for line in _counted(process, total):
        last = [*last[1 - KEPT_LINES :], line]
    if process.wait():
        sys.stderr.writelines(["\n", *last])
        sys.stderr.write(
            f"\nThe packages of {lock.name} could not be installed: pip says why above.\n"
        )
        return False
    return True


def _counted(process: subprocess.Popen[str], total: int) -> Iterator[str]:
    """The lines of pip, while the terminal shows how far it is (a log file gets every 20th package)."""
    seen = 0
    live = sys.stdout.isatty()
    for line in process.stdout or ():
        name = re.match(PROGRESS, line)
        if name:
            seen += 1
            if live:
                _say(f"\r  {min(seen, total)} of {total}  {name[1]:<40.40}")
            elif seen % 20 == 0:
                _say(f"  {seen} of {total}\n")
        elif line.startswith("Installing collected"):
            _say(
                "\r  all there, unpacking... " + " " * 40 + "\n"
                if live
                else "  all there, unpacking...\n"
            )
        yield line


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.version_info < OLDEST:
        sys.exit("Python 3.11 or newer is needed; this one is " + sys.version.split()[0] + ".")
    try:
        sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "app"))
    except KeyboardInterrupt:
        sys.exit("\nStopped; `make run` goes on where it was.")
