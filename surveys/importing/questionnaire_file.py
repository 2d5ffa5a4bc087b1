"""A questionnaire in a file that another program made: an XLSForm, LimeSurvey structure or SPSS file."""

from collections.abc import Collection

from surveys.importing import lss, sav_questionnaire, xlsform
from surveys.importing.exchanged import slug
from surveys.importing.files import Refused
from surveys.importing.losses import ReadQuestionnaire
from surveys.importing.sav_file import MAGICS as SAV_MAGICS
from surveys.importing.spreadsheets import MAGIC, OLD_MAGIC

LARGEST_BYTES = 8 * 1024 * 1024
_XML_BEGINS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<\0", b"\xfe\xff\0<")


def read(raw: bytes, default_language: str) -> ReadQuestionnaire:
    """Read a file by what it holds, whatever it is called.

    Texts whose language the file does not name are in ``default_language``. Raises
    :class:`~surveys.importing.files.Refused` where nothing can be made of it, with a reason.
    """
    if not raw:
        raise Refused(0, "file_empty")
    if len(raw) > LARGEST_BYTES:
        raise Refused(0, "file_too_big", megabytes=LARGEST_BYTES // (1024 * 1024))
    if raw.startswith(OLD_MAGIC):
        raise Refused(0, "old_workbook")
    if raw.startswith(MAGIC):
        return xlsform.read(raw, default_language)
    if raw.startswith(SAV_MAGICS):
        return sav_questionnaire.read(raw, default_language)
    if raw[:100].lstrip().startswith(_XML_BEGINS):
        return lss.read(raw)
    raise Refused(0, "unknown_file")


def code_of(name: str, taken: Collection[str] = ()) -> str:
    """A code for a questionnaire from the name of its file, unlike those ``taken``."""
    code, number = slug(name.rpartition(".")[0])[:40].strip("-_") or "enkat", 2
    free = code
    while free in taken:
        free, number = f"{code}-{number}", number + 1
    return free
