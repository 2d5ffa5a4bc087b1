"""A small programme for tests: one series of three occasions, twelve participants, every question kind.

Participants p01–p12; p10 reads English, p11 has cancelled, p11 and p12 share an address. Present: p01–p09 at
t1 (2027-02-02 13:00–16:30, Stockholm), p01–p07 at t2 (2027-03-02); t3 (2027-04-06) is not measured.
"""

from datetime import datetime
from pathlib import Path

from surveys.course import programme
from surveys.importing.programme_file import ProgrammeFile, read_programme
from surveys.installation import Installation

FOLDER = Path(__file__).parent / "programmes" / "small"


def small_programme() -> ProgrammeFile:
    return read_programme(FOLDER / "small.yaml")


def load_small(installation: Installation, now: datetime) -> programme.LoadReport:
    """Load the programme as if it were ``now``; project ``liten``, series ``kurs``."""
    return programme.load(installation.database, small_programme(), now)
