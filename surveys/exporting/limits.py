"""What a format cannot take."""

from typing import Literal

Unit = Literal["cells", "responses", "columns", "letters"]


class TooLarge(Exception):
    """There are ``found`` of ``unit``, and a format takes ``most``: an SPSS file of cells, a sheet of
    responses and columns, a cell of letters.
    """

    code = "too_large"

    def __init__(self, found: int, most: int, unit: Unit) -> None:
        super().__init__(f"{found} > {most} {unit}")
        self.found, self.most, self.unit = found, most, unit


class NoPersonCodes(Exception):
    """Rows cannot be matched by person: whoever sees who has answered gets no person codes."""

    code = "no_person_codes"


class RowsNotGiven(Exception):
    """No response rows are given of this series: its answers are told by background (``domain.telling``)."""

    code = "rows_not_given"
