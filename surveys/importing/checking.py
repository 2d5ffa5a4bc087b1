"""What every check of a programme file needs: the programme, and where in the file a part of it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from surveys.importing.faults import Fault
from surveys.importing.schema import Programme
from surveys.importing.yaml_document import PathKey, YamlDocument


@dataclass(frozen=True)
class Raw:
    """The document as it was written: a part left out because of a fault still counts as named."""

    data: Any

    def codes(self, *path: str) -> set[str]:
        """Return the codes in the lists at ``path``; a list on the way means each of its parts."""
        nodes = [self.data]
        for step in path:
            nodes = [n[step] for n in nodes if isinstance(n, dict) and step in n]
            nodes = [part for n in nodes for part in (n if isinstance(n, list) else [n])]
        return {n["code"] for n in nodes if isinstance(n, dict) and isinstance(n.get("code"), str)}

    def of_series(self, code: str, *path: str) -> set[str]:
        series = self.data.get("series") if isinstance(self.data, dict) else None
        mine = [s for s in series or () if isinstance(s, dict) and s.get("code") == code]
        return {code for one in mine for code in Raw(one).codes(*path)}


@dataclass(frozen=True)
class Check:
    """A programme to be checked, with the lines of its document."""

    programme: Programme
    document: YamlDocument
    raw: Raw

    def fault(self, path: PathKey, code: str, **params: Any) -> Fault:
        return Fault(self.document.file, self.document.line(path), code, params)

    @property
    def languages(self) -> Sequence[str]:
        return self.programme.project.languages
