"""What every entrance (web, commands, scheduler) opens first: settings, keys and database."""

from dataclasses import dataclass

from surveys.config import Settings
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
    """Open an installation, making its keys if there are none; raises ``KeysUnreadable``."""
    return Installation(settings, Keyring(settings.keys), Database(settings.database_url))
