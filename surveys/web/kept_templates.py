"""Compiled templates, kept in the installation: the first look at a page after a start would otherwise wait
until its templates are compiled, which takes longer than everything else about it.
"""

from pathlib import Path

from flask import Flask
from jinja2.bccache import Bucket, FileSystemBytecodeCache

from surveys.charts import svg

FOLDER = "compiled"


class _Kept(FileSystemBytecodeCache):
    """Where nothing can be written, templates are compiled at each start; no page fails for it."""

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except (OSError, EOFError, ValueError, TypeError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        try:
            super().dump_bytecode(bucket)
        except OSError:
            return


def register(app: Flask, instance: Path) -> None:
    """Keep what is compiled in a folder of the installation that nobody else may write to."""
    folder = instance / FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return
    app.jinja_env.bytecode_cache = svg.environment().bytecode_cache = _Kept(str(folder))
