"""The backup file: a gzipped tar of two members, ``manifest.json`` and ``database``."""

import gzip
import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from surveys.backup.faults import BadBackup

FORMAT = 1
MANIFEST, DATABASE = "manifest.json", "database"
LARGEST_MANIFEST = 1024 * 1024
AT_ONCE = 1024 * 1024


class Sum(NamedTuple):
    """The number of rows of a table and the SHA-256 over them, in the order of their keys."""

    rows: int
    digest: str


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. ``kind`` is sqlite or postgresql, ``revision`` that of the schema,
    ``keys`` the fingerprint of the keys the installation had, ``digest`` that of the copied database.
    """

    kind: str
    taken_at: datetime
    revision: str
    keys: str
    digest: str
    sums: Mapping[str, Sum]

    @property
    def rows(self) -> int:
        return sum(each.rows for each in self.sums.values())


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def write(target: Path, manifest: Manifest, content: Path) -> None:
    """Write the file beside ``content`` and lay it at ``target`` when it is whole and on the disk.

    Both on one disk. Raises ``FileExistsError``: a file that somebody has made meanwhile is not overwritten.
    """
    draft = content.with_name("whole")
    with draft.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)
        _pack(file, manifest, content)
        file.flush()
        os.fsync(file.fileno())
    os.link(draft, target)


def read(source: Path, content: Path) -> Manifest:
    """Unpack the database to ``content`` and return the manifest; raises :class:`BadBackup`, ``OSError``."""
    try:
        manifest = _unpack(source, content)
    except (tarfile.ReadError, gzip.BadGzipFile) as error:
        raise BadBackup("damaged" if _is_zipped(source) else "not_a_backup") from error
    except (EOFError, zlib.error) as error:
        raise BadBackup("damaged") from error
    if digest(content) != manifest.digest:
        raise BadBackup("damaged")
    return manifest


def _pack(file: Any, manifest: Manifest, content: Path) -> None:
    head = json.dumps(_written(manifest), indent=1).encode()
    # Not tarfile's own gzip: its level 9 takes four times as long for a few per cent.
    with (
        gzip.GzipFile(fileobj=file, mode="wb", compresslevel=5, filename="") as zipped,
        tarfile.open(fileobj=zipped, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mtime = len(head), int(manifest.taken_at.timestamp())
        tar.addfile(entry, BytesIO(head))
        tar.add(content, DATABASE)


def _unpack(source: Path, content: Path) -> Manifest:
    manifest = None
    with gzip.open(source) as zipped:
        with tarfile.open(fileobj=zipped, mode="r|") as tar:
            for entry in tar:
                file = tar.extractfile(entry)
                if entry.name == MANIFEST and file and entry.size <= LARGEST_MANIFEST:
                    manifest = _parsed(file.read())
                elif entry.name == DATABASE and file and manifest is not None:
                    with content.open("wb") as unpacked:
                        shutil.copyfileobj(file, unpacked)
        # To the end: there stands what tells that nothing is cut off.
        while zipped.read(AT_ONCE):
            pass
    if manifest is None:
        raise BadBackup("not_a_backup")
    if not content.exists():
        raise BadBackup("damaged")
    return manifest


def _is_zipped(source: Path) -> bool:
    with source.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _written(manifest: Manifest) -> dict[str, Any]:
    return {
        "folja_backup": FORMAT,
        "kind": manifest.kind,
        "taken_at": manifest.taken_at.isoformat(),
        "revision": manifest.revision,
        "keys": manifest.keys,
        "digest": manifest.digest,
        "sums": {name: list(each) for name, each in manifest.sums.items()},
    }


def _parsed(text: bytes) -> Manifest:
    try:
        said = json.loads(text)
        if said["folja_backup"] != FORMAT:
            raise BadBackup("other_format")
        return Manifest(
            kind=str(said["kind"]),
            taken_at=datetime.fromisoformat(said["taken_at"]),
            revision=str(said["revision"]),
            keys=str(said["keys"]),
            digest=str(said["digest"]),
            sums={name: Sum(int(rows), str(digest)) for name, (rows, digest) in said["sums"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadBackup("not_a_backup") from error
