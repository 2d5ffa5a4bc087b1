"""The Chromium of the browser tests: found on the machine, else installed.

``python -m tests.support.chromium`` sees to it before the tests start and says so in one line. Wanted is the
build without a window (headless shell): the whole browser draws its toolbars for every page, and takes three
times as long to start and twice as long to open a page. Where there is none, the whole one will do.
"""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHELL = "chromium-headless-shell"  # the command and Debian's package
WHOLE = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OWN = ROOT / ".venv" / "browsers"
PROGRAMS = {"chrome", "chrome-headless-shell", "headless_shell"}  # as Playwright's own packages name them
APT = ["apt-get", "--quiet", "-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=20"]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Whatever a page asks for, no other machine is looked up.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


@cache
def found() -> tuple[str, str] | None:
    """Return (path, name and version) of a Chromium that starts, or None."""
    own = sorted(str(path) for path in OWN.glob("chromium*/chrome-*linux*/*") if path.name in PROGRAMS)
    for path in [shutil.which(SHELL), *reversed(own), *map(shutil.which, WHOLE)]:
        if path and (version := _version(path)):
            return path, version
    return None


def _version(path: str) -> str:
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    words = done.stdout.split()
    numbers = [word for word in words if word[:1].isdigit()]
    # A stand-in that only tells how to install the real one has no version.
    return f"Chromium {numbers[0].partition('.')[0]}" if numbers and not done.returncode else ""


def install() -> str:
    """Try to install one; return what was tried, as a clause."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        _try([*APT, "update"], environment)
        for package in (SHELL, "chromium"):
            if not shutil.which(package):
                _try([*APT, "install", "--yes", "--no-install-recommends", package], environment)
            found.cache_clear()
            if found():
                return "installed with apt"
    environment = os.environ | {"PLAYWRIGHT_BROWSERS_PATH": str(OWN)}
    _try([sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"], environment)
    found.cache_clear()
    return "installed with playwright"


def _try(command: list[str], environment: dict[str, str]) -> None:
    subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=600,
        check=False,
    )


def main() -> None:
    how, before = "found", found()
    if not before or Path(before[0]).name not in PROGRAMS | {SHELL}:
        print("No Chromium without a window here: installing one for the browser tests ...", flush=True)
        how = install()
    browser = found()
    if browser == before:
        how = "found"
    if browser:
        print(f"{browser[1]} for the browser tests: {how} ({browser[0]})")
    else:
        print("No Chromium to be had, neither by apt nor by playwright: the browser tests cannot run")


if __name__ == "__main__":
    main()
