"""What every entrance (web, commands, scheduler) opens first: settings, keys and database."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import ArgumentError

from surveys.config import BadSetting, Settings
from surveys.database import Database
from surveys.keys import Keyring


@dataclass(frozen=True)
class Installation:
    settings: Settings
    keys: Keyring
    database: Database

    def close(self) -> None:
        self.database.close()


def open_installation(settings: Settings) -> Installation:
    """Open an installation, making its keys if there are none.

    Raises ``KeysUnreadable``, and ``BadSetting`` for an address of no database that can be used.
    """
    return Installation(settings, Keyring(settings.keys), _database(settings))


def _database(settings: Settings) -> Database:
    url = settings.database_url
    try:
        return Database(url, {"catch_up": timedelta(hours=settings.catch_up_hours)})
    except (ArgumentError, ImportError) as error:  # an ImportError: of a driver that is not there
        # Not the whole of it: a password may stand in it.
        start = f"{url.partition(':')[0]}:…"
        reason = "must begin with sqlite:/// or postgresql+psycopg://"
        raise BadSetting("FOLJA_DATABASE_URL", start, reason) from error
