"""Which column of a file holds what of a person: told by its name, in Swedish or English."""

from collections.abc import Iterator, Sequence

from surveys.importing.people import ATTRIBUTE

PERSON_FIELDS = (
    "code",
    "name",
    "first_name",
    "last_name",
    "email",
    "gender",
    "language",
    "organisation",
    "role",
)
ENROLMENT_FIELDS = ("work_group", "state", "registered", "starts", "ends")
KEPT = "attribute"  # the column is kept with the person under its own name
FIELDS = (*PERSON_FIELDS, *ENROLMENT_FIELDS, KEPT)
LONGEST_ATTRIBUTE_NAME = 60

_NAMES: dict[str, tuple[str, ...]] = {
    "code": ("code", "kod", "deltagarkod", "participant", "participant code", "id", "deltagar id"),
    "name": ("name", "namn", "full name", "fullname", "fullständigt namn", "hela namnet", "för och efternamn",
             "deltagare", "deltagarnamn", "participant name"),
    "first_name": ("first name", "firstname", "given name", "förnamn", "tilltalsnamn", "fornamn"),
    "last_name": ("last name", "lastname", "surname", "family name", "efternamn"),
    "email": ("email", "e mail", "mail", "epost", "e post", "mejl", "mejladress", "epostadress",
              "e postadress", "mailadress", "email address", "e mail address", "e post adress"),
    "gender": ("gender", "sex", "kön"),
    "language": ("language", "språk", "sprak"),
    "organisation": ("organisation", "organization", "arbetsgivare", "employer", "myndighet", "förvaltning",
                     "org", "company", "företag"),
    "role": ("role", "roll", "titel", "title", "befattning", "yrke", "yrkesroll", "job title", "position"),
    "work_group": ("work group", "workgroup", "group", "grupp", "arbetsgrupp", "team", "enhet"),
    "state": ("state", "status", "deltagande", "läge"),
    "registered": ("registered", "registered at", "registration", "anmäld", "anmäld den", "anmälningsdatum",
                   "anmälningsdag", "registration date"),
    "starts": ("starts", "starts on", "start", "startdatum", "start date", "börjar", "startar"),
    "ends": ("ends", "ends on", "end", "slut", "slutdatum", "end date", "slutar"),
}  # fmt: skip
_BY_NAME = {name: field for field, names in _NAMES.items() for name in names}


def suggest(columns: Sequence[str]) -> list[str]:
    """Return a field for each column, "" for one that nothing is known of; no field comes twice."""
    taken: set[str] = set()
    found = []
    for column in columns:
        field = _field(column)
        if field != KEPT and field in taken:
            field = ""
        taken.add(field)
        found.append(field)
    # one name is enough: where the parts stand beside the whole, the whole is taken
    return found if "name" not in taken else [_unless_part(each) for each in found]


def _unless_part(field: str) -> str:
    return "" if field in {"first_name", "last_name"} else field


def _field(column: str) -> str:
    if column.lower().startswith(ATTRIBUTE):
        return KEPT
    return _BY_NAME.get(_plain(column), "")


def _plain(column: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in column.lower()).split())


def attribute_name(column: str) -> str:
    """What a kept column is called at the person."""
    bare = column[len(ATTRIBUTE) :] if column.lower().startswith(ATTRIBUTE) else column
    return bare.strip()[:LONGEST_ATTRIBUTE_NAME]


def faults(chosen: Sequence[str], columns: Sequence[str]) -> list[tuple[int | None, str]]:
    """Return what is wrong with a choice of a field for each column: (column, None: as a whole; code)."""
    return [*_repeated(chosen, columns), *_missing(chosen)]


def _repeated(chosen: Sequence[str], columns: Sequence[str]) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for number, (field, column) in enumerate(zip(chosen, columns, strict=True)):
        if field and field not in FIELDS:
            yield number, "unknown_field"
        key = f"{KEPT}:{attribute_name(column).lower()}" if field == KEPT else field
        if field and key in seen:
            yield number, "chosen_twice"
        if field == KEPT and not attribute_name(column):
            yield number, "nameless_column"
        seen.add(key)


def _missing(chosen: Sequence[str]) -> Iterator[tuple[None, str]]:
    given = set(chosen)
    if "email" not in given and "code" not in given:
        yield None, "no_address_column"
    if not given & {"name", "first_name", "last_name", "code"}:
        yield None, "no_name_column"
    if "name" in given and given & {"first_name", "last_name"}:
        yield None, "name_twice"
