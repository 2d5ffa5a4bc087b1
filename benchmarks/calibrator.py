"""A bare Flask application with one table: what the machine can do at all with this server and disk.

It opens a form of twelve (or more) questions by link and takes its answers, with nothing else: no sign-in,
no translations, no checks, no keys. Same server, same SQLite settings as the product.
"""

import os
import sqlite3
import threading

from flask import Flask, abort, redirect, render_template, request
from jinja2 import DictLoader

QUESTIONS = [f"q{number}" for number in range(1, int(os.environ.get("CALIBRATOR_QUESTIONS", "12")) + 1)]
POINTS = ["1", "2", "3", "4"]
PAGE = """<!doctype html><html lang="sv"><head><meta charset="utf-8"><title>Enkät</title></head><body>
<form method="post">{% for question in questions %}<fieldset><legend>Fråga {{ question }}</legend>
{% for point in points %}<label><input type="radio" name="{{ question }}" value="{{ point }}"
{% if answers[question] == point %}checked{% endif %}> {{ point }}</label>{% endfor %}
</fieldset>{% endfor %}<button>Skicka</button></form></body></html>"""

THANKS = "<!doctype html><title>Tack</title><p>{{ token }}</p>"

app = Flask(__name__)
# From a loader, so that they are compiled once: from strings they would be compiled at every request.
app.jinja_env.loader = DictLoader({"form.html": PAGE, "thanks.html": THANKS})
_local = threading.local()


def connection() -> sqlite3.Connection:
    if not hasattr(_local, "connection"):
        _local.connection = open_table(os.environ["CALIBRATOR_DATABASE"])
    kept: sqlite3.Connection = _local.connection
    return kept


def open_table(path: str) -> sqlite3.Connection:
    opened = sqlite3.connect(path, isolation_level=None)
    opened.execute("PRAGMA busy_timeout=15000")
    opened.execute("PRAGMA journal_mode=WAL")
    opened.execute("PRAGMA synchronous=FULL")
    columns = ", ".join(f"{question} TEXT" for question in QUESTIONS)
    opened.execute(f"CREATE TABLE IF NOT EXISTS answer (token TEXT PRIMARY KEY, {columns})")
    return opened


@app.get("/form/<token>")
def form(token: str) -> str:
    columns = ", ".join(QUESTIONS)
    row = connection().execute(f"SELECT {columns} FROM answer WHERE token = ?", (token,)).fetchone()
    if row is None:
        abort(404)
    answers = dict(zip(QUESTIONS, row, strict=True))
    return render_template("form.html", questions=QUESTIONS, points=POINTS, answers=answers)


@app.post("/form/<token>")
def submit(token: str) -> object:
    values = [request.form.get(question) for question in QUESTIONS]
    settings = ", ".join(f"{question} = ?" for question in QUESTIONS)
    connection().execute(f"UPDATE answer SET {settings} WHERE token = ?", (*values, token))
    return redirect(f"/thanks/{token}", 303)


@app.get("/thanks/<token>")
def thanks(token: str) -> str:
    return render_template("thanks.html", token=token)
