"""Make `.venv` in this clone and install the locked dependencies into it.

    python deploy/venv.py run|dev

Standard library only, and written so that Pythons back to 2.7 can read it: a machine with
nothing but an old Python is to get one clear line, not a traceback. Called by every `make`
target; when nothing has changed it returns in a few milliseconds.
"""

from __future__ import print_function

import hashlib
import json
import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, ".folja.json")
FILES = {
    "run": ["requirements.lock"],
    "dev": ["requirements-dev.lock"],
    "package": ["setup.cfg", "pyproject.toml"],
}
EXTENTS = {"run": ["run"], "dev": ["run", "dev"]}
CANDIDATES = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python"]


class Stop(Exception):
    """Cannot go on; the text is the one line that is shown."""


def main(arguments):
    if len(arguments) != 1 or arguments[0] not in EXTENTS:
        raise Stop("usage: python deploy/venv.py run|dev")
    locks = EXTENTS[arguments[0]]
    wanted = dict((name, digest(FILES[name])) for name in locks + ["package"])
    wanted["root"] = ROOT
    if missing(wanted):
        if not os.access(ROOT, os.W_OK):
            raise Stop("%s cannot be written to, and .venv is made there." % ROOT)
        with Lock():
            complete(locks, wanted)


def complete(locks, wanted):
    # Asked again: another make may have done it all while this one waited for the lock.
    todo = missing(wanted)
    uv = find("uv")
    if "root" in todo or not has_installer(uv):
        create(uv)
        todo = list(wanted)
    if set(locks) & set(todo):
        say("Installing the dependencies with %s (a minute at most, once) ..." % ("uv" if uv else "pip"))
        install(
            uv, ["--require-hashes"] + ["--requirement=" + name for lock in locks for name in FILES[lock]]
        )
    if "package" in todo:
        install(uv, ["--no-deps", "--no-build-isolation", "--editable", "."])
    write_stamp(wanted)


def missing(wanted):
    """Return the names of what the stamp does not vouch for."""
    if not os.access(PYTHON, os.X_OK):
        return list(wanted)
    stamp = read_stamp()
    return [name for name in wanted if stamp.get(name) != wanted[name]]


def read_stamp():
    try:
        with open(STAMP) as file:
            return json.load(file)
    except (IOError, OSError, ValueError):
        return {}


def write_stamp(wanted):
    stamp = read_stamp()
    stamp.update(wanted)
    draft = STAMP + ".new"
    with open(draft, "w") as file:
        json.dump(stamp, file)
    os.rename(draft, STAMP)


def digest(names):
    total = hashlib.sha256()
    for name in names:
        with open(os.path.join(ROOT, name), "rb") as file:
            total.update(file.read())
    return total.hexdigest()


def create(uv):
    # A virtual environment knows its own path, so a moved clone gets a new one.
    python, version = newest_python(needs_pip=not uv)
    say("Making .venv with Python %s ..." % version)
    # Compiled files of this very script may lie there already, and uv clears no folder that is no environment.
    if os.path.isdir(VENV) and not os.path.islink(VENV):
        shutil.rmtree(VENV, ignore_errors=True)
    if uv:
        run([uv, "venv", "--quiet", "--clear", "--python", python, VENV], "make the virtual environment")
    else:
        run([python, "-m", "venv", "--clear", VENV], "make the virtual environment")


def has_installer(uv):
    test = [PYTHON, "-c", "pass" if uv else "import pip"]
    return os.access(PYTHON, os.X_OK) and quiet(test)[0] == 0


def install(uv, what):
    command = (
        [uv, "pip", "install", "--quiet", "--python", PYTHON]
        if uv
        else [PYTHON, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    )
    run(command + what, "install the dependencies")


def newest_python(needs_pip):
    """Return (command, version) of the newest Python that can make a virtual environment."""
    usable, faults = [], []
    for name in [os.environ.get("PYTHON", "")] + CANDIDATES:
        path = find(name)
        if not path:
            continue
        version, fault = examine(path, needs_pip)
        if version and not fault:
            usable.append((version, -len(usable), path))
        elif fault:
            faults.append((version or (0,), fault))
    if not usable:
        reason = max(faults)[1] if faults else "none was found"
        raise Stop("Python %d.%d or later with venv is needed: %s." % (OLDEST + (reason,)))
    version, _, path = max(usable)
    return path, ".".join(str(part) for part in version)


def examine(path, needs_pip):
    """Return (version, None), (version, what is wrong) or (None, None) for what is no Python at all."""
    code, answer = quiet([path, "-c", "import sys; print('%d %d %d' % sys.version_info[:3])"])
    if code or len(answer.split()) != 3:
        return None, None
    version = tuple(int(part) for part in answer.split())
    if version < OLDEST:
        return version, "the newest found is %s (%s)" % (".".join(answer.split()), path)
    modules = ["venv", "ssl", "sqlite3"] + (["ensurepip"] if needs_pip else [])
    for module in modules:
        if quiet([path, "-c", "import " + module])[0]:
            hint = "; on Debian and Ubuntu: apt install python%d.%d-venv" % version[:2]
            return version, "%s lacks the module %s%s" % (
                path,
                module,
                hint if module in ("venv", "ensurepip") else "",
            )
    return version, None


def find(name):
    """Return the full path of a program, or None; shutil.which is too young for this file."""
    if os.path.dirname(name):
        return name if os.access(name, os.X_OK) else None
    for folder in os.environ.get("PATH", "").split(os.pathsep) if name else []:
        path = os.path.join(folder, name)
        # A .venv that is active must not be rebuilt with its own Python.
        if (
            os.access(path, os.X_OK)
            and not os.path.isdir(path)
            and os.path.abspath(folder) != os.path.dirname(PYTHON)
        ):
            return path
    return None


def quiet(command):
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)
        out = process.communicate()[0]
    except OSError:
        return 127, ""
    return process.returncode, out.decode("ascii", "replace").strip()


def run(command, purpose):
    # A user's own pip settings (a mirror, a certificate) are kept; installing "for the user" cannot be.
    environment = dict(os.environ, PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0")
    environment.pop("PYTHONPATH", None)
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT, env=environment
    )
    out = process.communicate()[0].decode("utf-8", "replace")
    if process.returncode:
        print("\n".join(out.strip().splitlines()[-15:]), file=sys.stderr)
        raise Stop("could not %s (what %s said is above)" % (purpose, os.path.basename(command[0])))


class Lock(object):
    """One installation at a time in a clone; the system lets go of it when the process ends."""

    def __enter__(self):
        import fcntl

        self.folder = os.open(ROOT, os.O_RDONLY)
        fcntl.flock(self.folder, fcntl.LOCK_EX)

    def __exit__(self, *_):
        os.close(self.folder)


def say(line):
    print(line)
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Stop as stop:
        sys.exit(str(stop))
    except KeyboardInterrupt:
        sys.exit("Interrupted; the next make goes on from here.")
