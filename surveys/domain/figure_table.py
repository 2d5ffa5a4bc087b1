"""Check of figures: a whole printed table, cell by cell, and its totals."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from surveys.domain import figure_check as check
from surveys.domain import figure_means as means
from surveys.domain.figure_finding import Cause, Finding, Fit, Kind, Reason, Verdict
from surveys.domain.figure_printed import COUNTED, Cell, Place, Printed, Role

Marks = dict[Place, tuple[Finding, ...]]


def check_table(table: Printed) -> Marks:
    """Every figure that could be tried, by its place, and what was found of it."""
    marks: Marks = {}
    for place, finding in (*_cells(table), *_downward(table), *_totals(table)):
        marks[place] = (*marks.get(place, ()), finding)
    return _agreeing(table, marks)


def _cells(table: Printed) -> Iterator[tuple[Place, Finding]]:
    for row in range(len(table.rows)):
        yield from _counts(table, row)
        yield from _shares(table, row)
        yield from _classes(table, row)
        yield from _means(table, row)


def _counts(table: Printed, row: int) -> Iterator[tuple[Place, Finding]]:
    cells = table.rows[row]
    for column in table.columns(*COUNTED):
        known, count = table.known.get((row, column)), cells[column].count
        if known is not None and count is not None:
            yield (row, column), check.check_count(count, known.k)
    asked, base = table.count(row, Role.ASKED), table.count(row, Role.BASE)
    for column in table.columns(Role.BASE)[:1]:
        if asked is not None and base is not None and base > asked:
            yield (row, column), check.over_whole(base, asked)
    parts = [cells[column].count for column in table.columns(Role.COUNT, Role.CLASS)]
    for column in table.columns(Role.TOTAL):
        total, known_parts = cells[column].count, [each for each in parts if each is not None]
        if total is not None and len(known_parts) == len(parts) > 1:
            yield (row, column), check.check_sum(total, known_parts)


def _shares(table: Printed, row: int) -> Iterator[tuple[Place, Finding]]:
    for column, role in enumerate(table.roles):
        cell = table.rows[row][column]
        if cell.k is not None and cell.n is not None and role not in (Role.LABEL, Role.IGNORED):
            yield (row, column), _within(cell, cell.k, cell.n)
        elif (role in (Role.RATE, Role.SHARE) or cell.k is not None) and not (
            table.downward and row not in table.totals and role is not Role.RATE
        ):
            finding = _share(table, row, column, role)
            if finding is not None:
                yield (row, column), finding


def _within(cell: Cell, k: int, n: int) -> Finding:
    """A cell with its own counts; without a share there is but to see that the part is no larger."""
    if cell.figures:
        return check.check_share(cell.figures[0], n, k)
    return check.check_count(k, k) if k <= n else check.over_whole(k, n)


def _share(table: Printed, row: int, column: int, role: Role) -> Finding | None:
    cell, known = table.rows[row][column], table.known.get((row, column))
    if not cell.figures or role in (Role.LABEL, Role.IGNORED):
        return None
    if role is Role.RATE:
        n, k = table.count(row, Role.ASKED), table.count(row, Role.BASE)
    else:
        n, k = cell.n or _base(table, row, column), _count_beside(table, row, column)
    if known is not None and known.n is not None:
        k, n = known.k, known.n
    if n is None or n <= 0 or (role is Role.RATE and k is None):
        return None
    if len(cell.figures) > 1:
        return check.check_two_shares((cell.figures[0], cell.figures[1]), n, k)
    if known is not None:
        return check.check_share(cell.figures[0], n, k, summed=role is Role.SHARE)
    whole = _whole(table, row, column) if row in table.totals and k is None else None
    return whole or check.check_share(cell.figures[0], n, k)


def _base(table: Printed, row: int, column: int) -> int | None:
    if column in table.bases:
        return table.bases[column]
    if table.downward:
        beside = _counts_column(table, column)
        return None if beside is None else table.rows[row][beside].count
    return table.count(row, Role.BASE) if table.columns(Role.BASE) else table.base


def _counts_column(table: Printed, column: int) -> int | None:
    """The column of counts that a share stands beside; itself where the cell holds both."""
    if column and table.roles[column - 1] in (Role.COUNT, Role.CLASS):
        return column - 1
    return column if any(cells[column].k is not None for cells in table.rows) else None


def _count_beside(table: Printed, row: int, column: int) -> int | None:
    beside = _counts_column(table, column)
    return None if beside is None else table.rows[row][beside].count


def _block(table: Printed, row: int) -> list[int]:
    """The rows with figures between two totals that ``row`` lies among, or is the total of."""
    ends = sorted(table.totals)
    last = next((each for each in ends if each >= row), len(table.rows))
    first = max((each + 1 for each in ends if each < last), default=0)
    return [each for each in range(first, last) if any(cell.figures or cell.k for cell in table.rows[each])]


def _whole(table: Printed, row: int, column: int) -> Finding | None:
    parts = []
    for each in _block(table, row):
        cell, n = table.rows[each][column], _base(table, each, column)
        if len(cell.figures) != 1 or not n:
            return None
        parts.append((cell.figures[0], n))
    return check.check_whole(table.rows[row][column].figures[0], parts)


def _classes(table: Printed, row: int) -> Iterator[tuple[Place, Finding]]:
    cells = table.rows[row]
    held, shared = table.columns(Role.CLASS), table.columns(Role.CLASS_SHARE)
    counts = [cells[column].count for column in held]
    shares = [cells[column].figures[0] for column in shared if len(cells[column].figures) == 1]
    whole = [each for each in counts if each is not None]
    stated = table.count(row, Role.BASE) if table.columns(Role.BASE) else table.base
    complete = bool(held) and len(whole) == len(held)
    if complete and stated is not None and table.columns(Role.BASE):
        yield (row, table.columns(Role.BASE)[0]), check.check_answered(stated, whole)
    if len(shares) != len(shared) or not shares:
        return
    if complete and len(whole) == len(shares):
        found: Sequence[Finding] = check.check_classes(shares, whole, stated)
    elif stated:
        found = [check.check_share(share, stated, summed=False) for share in shares]
    else:
        found = [check.check_hundred(shares)] * len(shares)
    yield from (((row, column), each) for column, each in zip(shared, found, strict=True))


def _downward(table: Printed) -> Iterator[tuple[Place, Finding]]:
    """Where the rows are the classes: the shares of a column together, by the counts beside them."""
    if not table.downward:
        return
    for column in table.columns(Role.SHARE, Role.COUNT):
        for block in _blocks(table):
            cells = [table.rows[row][column] for row in block]
            counts = [_count_beside(table, row, column) for row in block]
            whole = [each for each in counts if each is not None]
            if len(whole) == len(block) and all(_share_of(table, column, cell) for cell in cells):
                found = check.check_classes([cell.figures[0] for cell in cells], whole)
                yield from (((row, column), each) for row, each in zip(block, found, strict=True))


def _share_of(table: Printed, column: int, cell: Cell) -> bool:
    """Whether the cell holds a share whose base is not in the cell itself."""
    return (
        len(cell.figures) == 1
        and cell.n is None
        and (table.roles[column] is Role.SHARE or cell.k is not None)
    )


def _blocks(table: Printed) -> list[list[int]]:
    ends = [*sorted(table.totals), len(table.rows)]
    found = [_block(table, end) for end in ends]
    return [each for number, each in enumerate(found) if each and each not in found[:number]]


def _means(table: Printed, row: int) -> Iterator[tuple[Place, Finding]]:
    cells, held = table.rows[row], table.columns(Role.CLASS)
    low, high = table.scale or (None, None)
    counts = [each for each in (cells[column].count for column in held) if each is not None]
    for column in table.columns(Role.MEAN):
        cell = cells[column]
        n = cell.n or table.bases.get(column) or sum(counts) or table.count(row, Role.BASE) or table.base
        if len(cell.figures) != 1 or not n or n > check.LARGEST:
            continue
        whole = sum(counts) > 0 and len(counts) == len(held)
        if whole and low is not None and high is not None and len(held) == high - low + 1:
            yield (row, column), means.check_mean_of(cell.figures[0], range(low, high + 1), counts)
        else:
            yield (row, column), means.check_mean(cell.figures[0], n, low, high)


def _totals(table: Printed) -> Iterator[tuple[Place, Finding]]:
    for row in sorted(table.totals):
        for column in table.columns(*COUNTED):
            printed, parts = table.rows[row][column].count, _block(table, row)
            counts = [table.rows[each][column].count for each in parts]
            known = [each for each in counts if each is not None]
            if printed is not None and len(known) == len(parts) > 1:
                yield (row, column), check.check_sum(printed, known)


def _agreeing(table: Printed, marks: Marks) -> Marks:
    """Where a rate asks for another count, and with just that count the column's total comes out: say so."""
    made = dict(marks)
    for (total, column), findings in marks.items():
        off = next((_off(each) for each in findings if each.kind is Kind.SUM), 0)
        if total not in table.totals or not off:
            continue
        for row in _block(table, total):
            stated = table.rows[row][column].count
            for place in [(row, each) for each in table.columns(Role.RATE, Role.SHARE)]:
                if place in made:
                    made[place] = tuple(_with_sum(each, stated, off) for each in made[place])
    return made


def _off(finding: Finding) -> int:
    return int(finding.printed[0]) - finding.fits[0].k if finding.verdict is Verdict.DIFFERS else 0


def _with_sum(finding: Finding, stated: int | None, off: int) -> Finding:
    if stated is None or not finding.fits:
        return finding
    stands: Fit = finding.fits[0]
    for reason in finding.reasons:
        for fit in reason.fits if reason.cause is Cause.OTHER_NUMBER else ():
            by_base = stands.n == stated and fit.n == stated + off
            by_count = stands.k == stated and fit.k == stated + off and fit.n == stands.n
            if by_base or by_count:
                return replace(finding, reasons=(*finding.reasons, Reason(Cause.ALSO_SUM, (fit,))))
    return finding
