"""Makes the demo's tables of people and attendance once: ``python -m surveys.demo.make_tables``.

The number of people, and how many were at each occasion, are those of figures.json. Everybody's name,
organisation and where each one was are drawn with a fixed seed, so that the same files come out again.
"""

import csv
import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

import yaml

from surveys.demo.figures import FOLDER, Figures, read_figures
from surveys.importing.people import ATTENDANCE_COLUMNS, ENROLMENT_COLUMNS

SEED = 2013
PLAIN = str.maketrans("åäöéÅÄÖ", "aaoeAAO")
DOMAINS = {
    "af": "arbetsformedlingen.example", "fk": "forsakringskassan.example", "primarvard": "primarvard.example",
    "socialtjanst": "socialtjanst.example", "psykiatri": "psykiatri.example", "ovriga": "ovriga.example",
    "polisen": "polisen.example", "goteborg": "goteborg.example", "angered": "angered.example",
    "ostra": "ostra.example", "hisingen": "hisingen.example", "upphandling": "upphandling.example",
}  # fmt: skip
OFFENSIVT = {"af": 39, "fk": 31, "primarvard": 20, "socialtjanst": 18, "psykiatri": 9, "ovriga": 5}
ENGLAND = {"af": 4, "fk": 3, "angered": 4, "ostra": 3, "hisingen": 2, "upphandling": 2}
ENGLAND_WOMEN = 12


@dataclass(frozen=True)
class Made:
    code: str
    name: str
    gender: str
    organisation: str

    @property
    def email(self) -> str:
        name = self.name.translate(PLAIN).lower().replace(" ", ".")
        return f"{name}@{DOMAINS[self.organisation]}"


class People:
    """Draws people; nobody gets a name that is taken."""

    def __init__(self, rng: Random) -> None:
        self._rng, self._taken = rng, set[str]()

    def draw(self, prefix: str, women: int, men: int, organisations: Sequence[str]) -> list[Made]:
        genders = ["woman"] * women + ["man"] * men
        self._rng.shuffle(genders)
        pairs = enumerate(zip(genders, organisations, strict=True), start=1)
        return [
            Made(f"{prefix}{number:03}", self._name(gender), gender, where)
            for number, (gender, where) in pairs
        ]

    def _name(self, gender: str) -> str:
        while True:
            first = self._rng.choice(_names("women" if gender == "woman" else "men"))
            name = f"{first} {self._rng.choice(_names('families'))}"
            if name not in self._taken:
                self._taken.add(name)
                return name


def main() -> None:
    figures, rng = read_figures(), Random(SEED)  # noqa: S311 - drawn anew it must come out the same
    people = People(rng)
    _offensivt(figures, people, rng)
    _bredd(figures, people, rng)
    _england(figures, people, rng)
    (FOLDER / "logotyp.png").write_bytes(_logotype())


@cache
def _names(kind: str) -> list[str]:
    return list(yaml.safe_load((FOLDER / "names.yaml").read_text(encoding="utf-8"))[kind])


def _offensivt(figures: Figures, people: People, rng: Random) -> None:
    counts = figures.data["offensivt"]["participants"]
    organisations = [code for code, number in OFFENSIVT.items() for _ in range(number)]
    rng.shuffle(organisations)
    everyone = people.draw("o", counts["women"], counts["men"], organisations)
    _write(
        "offensivt-deltagare.csv", ENROLMENT_COLUMNS, (_enrolment(each, "2011-02-15") for each in everyone)
    )
    rows: list[Sequence[str]] = []
    keenness = {each.code: rng.uniform(0.5, 1.5) for each in everyone}
    been: set[str] = set()
    for occasion in figures.list("offensivt"):
        # whoever has not been anywhere yet comes first, so that all of them take part in something
        chance = {code: rng.random() * keen + (code not in been) for code, keen in keenness.items()}
        there = set(sorted(chance, key=chance.__getitem__, reverse=True)[: occasion["surveyed"]])
        been |= there
        rows += _attendance(everyone, occasion["occasion"], there)
    for meeting in figures.list("offensivt", "dialogue_meetings"):
        women = rng.sample([each.code for each in everyone if each.gender == "woman"], meeting["women"])
        men = rng.sample([each.code for each in everyone if each.gender == "man"], meeting["men"])
        there = {*women, *men}
        rows += [(code, meeting["occasion"], "yes", "") for code in sorted(there)]
    _write("offensivt-narvaro.csv", ATTENDANCE_COLUMNS, rows)


def _bredd(figures: Figures, people: People, rng: Random) -> None:
    enrolments: list[Sequence[str]] = []
    rows: list[Sequence[str]] = []
    for occasion in figures.list("bredd"):
        number = occasion["attended"]
        police = round(number * 0.75)
        organisations = ["polisen"] * police + ["goteborg"] * (number - police)
        rng.shuffle(organisations)
        women = round(number * 0.46)
        here = people.draw(f"{occasion['occasion']}-", women, number - women, organisations)
        enrolments += [_enrolment(each, "2011-01-20") for each in here]
        rows += [(each.code, occasion["occasion"], "yes", "") for each in here]
    _write("bredd-deltagare.csv", ENROLMENT_COLUMNS, enrolments)
    _write("bredd-narvaro.csv", ATTENDANCE_COLUMNS, rows)


def _england(figures: Figures, people: People, rng: Random) -> None:
    england = figures.data["england"]
    number = england["travellers"]
    organisations = [code for code, count in ENGLAND.items() for _ in range(count)]
    rng.shuffle(organisations)
    travellers = people.draw("e", ENGLAND_WOMEN, number - ENGLAND_WOMEN, organisations)
    groups = [england["work_groups"][place % 4] for place in range(number)]
    enrolments = [
        _enrolment(each, "2011-04-01", group, "en" if each.code == "e018" else "sv")
        for each, group in zip(travellers, groups, strict=True)
    ]
    _write("england-deltagare.csv", ENROLMENT_COLUMNS, enrolments)
    rows: list[Sequence[str]] = []
    for occasion, absent in (("resa1", 0), ("seminarium1", 4), ("resa2", 1), ("seminarium2", 3)):
        there = {each.code for each in rng.sample(travellers, number - absent)}
        rows += _attendance(travellers, occasion, there)
    for occasion in ("resa3", "uppfoljning"):
        rows += _attendance(travellers, occasion, {each.code for each in travellers})
    _write("england-narvaro.csv", ATTENDANCE_COLUMNS, rows)


def _enrolment(each: Made, registered: str, group: str = "", language: str = "sv") -> Sequence[str]:
    return (
        each.code, each.name, each.email, each.gender, language, each.organisation, "", group, "", registered
    )  # fmt: skip


def _attendance(everyone: Iterable[Made], occasion: str, there: set[str]) -> list[Sequence[str]]:
    return [(each.code, occasion, "yes" if each.code in there else "no", "") for each in everyone]


def _write(name: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with (FOLDER / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def _logotype(width: int = 160, height: int = 48) -> bytes:
    """Return a small picture of three overlapping discs: an invented logotype for an invented profile."""
    discs = ((24, (0, 90, 130)), (60, (0, 130, 110)), (96, (190, 110, 0)))

    def pixel(x: int, y: int) -> tuple[int, int, int]:
        inside = [colour for centre, colour in discs if (x - centre) ** 2 + (y - 24) ** 2 <= 22**2]
        if not inside:
            return (255, 255, 255)
        red, green, blue = (sum(part) // len(inside) for part in zip(*inside, strict=True))
        return (red, green, blue)

    lines = b"".join(b"\0" + bytes(part for x in range(width) for part in pixel(x, y)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


if __name__ == "__main__":
    main()
