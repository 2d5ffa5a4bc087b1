"""Taking a backup and going back to one.

Restoring ends with sending muted: what fell due since the backup is shown to somebody before anything leaves.
A backup that is cut off, altered, newer than this program or of other keys is refused before anything is
touched, and the restored rows are summed up against what the backup says of itself.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import make_url

from surveys.backup import archive
from surveys.backup.archive import Manifest
from surveys.backup.faults import RestoreRefused
from surveys.backup.postgresql import PostgresqlCopy
from surveys.backup.sqlite import SqliteCopy
from surveys.config import Settings
from surveys.installation import Installation
from surveys.keys import NAMES, Keyring
from surveys.running import health

Copy = SqliteCopy | PostgresqlCopy


@dataclass(frozen=True)
class Restored:
    """What a restore brought back; ``aside`` is where the former database was laid, if there was one."""

    manifest: Manifest
    aside: Path | None


def back_up(installation: Installation, target: Path, now: datetime) -> Manifest:
    """Write a backup to ``target``, whole or not at all; returns what it says of itself.

    The database is copied as it is at one moment, while everybody goes on working. Raises
    ``FileExistsError``, another ``OSError`` where it cannot be written, and ``ToolFailed``.
    """
    if target.exists():
        raise FileExistsError(str(target))
    copy = _copy_of(installation.settings)
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".folja-backup-", dir=target.parent) as folder:
        content = Path(folder) / "database"
        sums, revision = copy.save(content)
        manifest = Manifest(
            kind=copy.kind,
            taken_at=now,
            revision=revision,
            keys=installation.keys.fingerprint(),
            digest=archive.digest(content),
            sums=sums,
        )
        archive.write(target, manifest, content)
    return manifest


def restore(settings: Settings, source: Path, now: datetime, replace: bool = False) -> Restored:
    """Bring the database to what ``source`` holds, whole or not at all, and mute sending.

    Without ``replace`` only an empty database is filled. A former SQLite database is laid aside, never
    deleted; a PostgreSQL database is replaced. Raises ``RestoreRefused``, ``BadBackup``, ``ToolFailed`` and
    ``OSError``.
    """
    with TemporaryDirectory(prefix=".folja-restore-", dir=_room_for(settings)) as folder:
        content = Path(folder) / "database"
        manifest = archive.read(source, content)
        copy = _copy_of(settings)
        _refuse(settings, manifest, copy)
        return Restored(manifest, copy.load(content, manifest, now, replace))


def _refuse(settings: Settings, manifest: Manifest, copy: Copy) -> None:
    if not all((settings.keys / f"{name}.key").exists() for name in NAMES):
        raise RestoreRefused("keys_missing")
    if Keyring(settings.keys).fingerprint() != manifest.keys:
        raise RestoreRefused("other_keys")
    if manifest.kind != copy.kind:
        raise RestoreRefused("other_database")
    if manifest.revision not in health.known_revisions():
        raise RestoreRefused("newer_schema")


def _copy_of(settings: Settings) -> Copy:
    if settings.database_url.startswith("sqlite"):
        return SqliteCopy(settings.database_url)
    return PostgresqlCopy(settings.database_url)


def _room_for(settings: Settings) -> Path:
    """A folder on the disk the database is on, so that it is laid in place in one step."""
    name = make_url(settings.database_url).database
    is_file = settings.database_url.startswith("sqlite") and name
    folder = Path(str(name)).parent if is_file else settings.instance
    folder.mkdir(parents=True, exist_ok=True)
    return folder
