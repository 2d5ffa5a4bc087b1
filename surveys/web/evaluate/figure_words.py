"""What the check of figures found, in sentences: one for what does not follow, one for each cause."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from surveys.domain.figure_finding import Cause, Finding, Fit, Kind, Reason, Verdict
from surveys.domain.figure_habits import decimals_of
from surveys.domain.figure_printed import Role
from surveys.domain.statistics import percent as share_of
from surveys.web.filters import number, percent
from surveys.web.phrases import _, ngettext

Words = Mapping[str, LazyString]

ROLES: Words = {
    Role.LABEL: _l("Text: name of the row"),
    Role.ASKED: _l("Number asked or present"),
    Role.BASE: _l("Number who answered"),
    Role.RATE: _l("Response rate, per cent"),
    Role.COUNT: _l("Count"),
    Role.SHARE: _l("Share, per cent"),
    Role.CLASS: _l("Count of one class (the classes are all who answered)"),
    Role.CLASS_SHARE: _l("Share of one class (the classes are all who answered)"),
    Role.TOTAL: _l("Sum of the row’s counts"),
    Role.MEAN: _l("Mean"),
    Role.IGNORED: _l("Not to be checked"),
}
VERDICTS: Mapping[Verdict, tuple[LazyString, str]] = {
    Verdict.FOLLOWS: (_l("follows"), "positive"),
    Verdict.FEWER: (_l("only if fewer answered"), "info"),
    Verdict.HABIT: (_l("only by another rounding"), "warning"),
    Verdict.DIFFERS: (_l("does not follow"), "danger"),
}
HABITS: Mapping[Cause, LazyString] = {
    Cause.CUT_OFF: _l("The decimals may have been cut off instead of rounded."),
    Cause.HALF_EVEN: _l("A tie may have been rounded to the even digit, as some programs do."),
    Cause.HALF_DOWN: _l("A tie may have been rounded down."),
    Cause.NEAREST_HALF: _l("It may have been rounded to the nearest half."),
    Cause.ROUNDED_TWICE: _l("It may have been rounded twice: first to more decimals, then to these."),
    Cause.FEWER_DECIMALS: _l("It may have been rounded to fewer decimals than are printed."),
    Cause.ADJUSTED: _l("The shares have been adjusted so that they add to 100."),
    Cause.OVER_WHOLE: _l("A part cannot be larger than its whole."),
    Cause.OFF_SCALE: _l("A mean lies between the lowest and the highest value of the scale."),
}


def told(finding: Finding, own: bool = False) -> list[str]:
    """What is to be said of a figure: that it follows and from what, or what does and what may lie behind.

    ``own``: the counts are those of the project's own answers.
    """
    if finding.verdict is Verdict.FOLLOWS:
        return [text for text in (follows(finding),) if text]
    first = {Kind.SHARE: _share, Kind.MEAN: _mean, Kind.SUM: _sum, Kind.COUNT: _count, Kind.HUNDRED: _hundred}
    sentences = [*first[finding.kind](finding, own)]
    for reason in finding.reasons:
        sentences += [each for each in _reason(reason, finding) if each not in sentences]
    return sentences


def follows(finding: Finding) -> str:
    """From which counts a figure comes: "77 av 98", "100–104 av 1 000"; "" where there is nothing to say."""
    if finding.kind is Kind.MEAN and finding.fits:
        fit = finding.fits[0]
        return _("%(sum)s divided by %(n)s", sum=number(fit.k), n=number(fit.n))
    if finding.kind is not Kind.SHARE or not finding.fits:
        return ""
    ends = [number(fit.k) for fit in finding.fits]
    return _("%(k)s of %(n)s", k="–".join(ends), n=number(finding.fits[0].n))


def value_of(finding: Finding) -> str:
    """The value that does follow, as it would be printed; "" where none does."""
    if not finding.fits or finding.kind is Kind.HUNDRED:
        return ""
    value = finding.fits[0].value
    return percent(value) if finding.kind is Kind.SHARE else number(value)


def summary(counted: Mapping[Verdict, int]) -> str:
    """ "39 figures tried: 28 follow; …", in one line."""
    total = sum(counted.values())
    follow, differ = counted[Verdict.FOLLOWS], counted[Verdict.DIFFERS]
    parts = [ngettext("%(num)s follows", "%(num)s follow", follow, num=number(follow))]
    if counted[Verdict.FEWER]:
        parts.append(_("%(count)s only if fewer answered the question", count=number(counted[Verdict.FEWER])))
    if counted[Verdict.HABIT]:
        parts.append(_("%(count)s only by another rounding", count=number(counted[Verdict.HABIT])))
    parts.append(ngettext("%(num)s does not follow", "%(num)s do not follow", differ, num=number(differ)))
    return _("Figures tried: %(total)s. Of these %(parts)s.", total=number(total), parts=", ".join(parts))


def _share(finding: Finding, own: bool) -> Iterator[str]:
    printed, fits = percent(finding.printed[0]), finding.fits
    if any(each.cause is Cause.TWO_SHARES for each in finding.reasons) or not fits:
        return
    if own:
        yield _("By the project’s own answers %(fit)s, not %(printed)s.", fit=_is(fits[0]), printed=printed)
    elif finding.counted:
        yield _("%(fit)s, not %(printed)s.", fit=_is(fits[0]), printed=printed)
    else:
        yield ngettext(
            "%(printed)s cannot come from %(num)s answer. Nearest: %(fit)s.",
            "%(printed)s cannot come from %(num)s answers. Nearest: %(fit)s.",
            fits[0].n,
            printed=printed,
            num=number(fits[0].n),
            fit=_is(fits[0]),
        )


def _mean(finding: Finding, own: bool) -> Iterator[str]:
    printed, fits = number(finding.printed[0]), finding.fits
    if not fits:
        return
    near = " / ".join(
        _("%(value)s (%(sum)s divided by %(n)s)", value=number(fit.value), sum=number(fit.k), n=number(fit.n))
        for fit in fits
    )
    if finding.counted:
        yield _("The mean is %(near)s, not %(printed)s.", near=near, printed=printed)
    else:
        yield ngettext(
            "No answer in whole numbers has the mean %(printed)s. Nearest: %(near)s.",
            "No %(num)s answers in whole numbers have the mean %(printed)s. Nearest: %(near)s.",
            fits[0].n,
            num=number(fits[0].n),
            printed=printed,
            near=near,
        )


def _sum(finding: Finding, own: bool) -> Iterator[str]:
    total, printed = finding.fits[0].k, int(finding.printed[0])
    if finding.verdict is Verdict.FEWER:
        yield _(
            "The classes add to %(sum)s: %(skipped)s of the %(printed)s did not answer the question. "
            "Shares are of %(sum)s.",
            sum=number(total),
            skipped=number(printed - total),
            printed=number(printed),
        )
    else:
        yield _("The parts add to %(sum)s, not %(printed)s.", sum=number(total), printed=number(printed))


def _count(finding: Finding, own: bool) -> Iterator[str]:
    known, printed = number(finding.fits[0].k), number(finding.printed[0])
    if finding.counted:
        yield _(
            "By the project’s own figures it is %(known)s, not %(printed)s.", known=known, printed=printed
        )
    else:
        yield _("%(printed)s is more than the %(known)s it is of.", printed=printed, known=known)


def _hundred(finding: Finding, own: bool) -> Iterator[str]:
    total = sum(finding.printed, Decimal(0))
    yield _("The shares of the row add to %(sum)s. Rounding cannot make that of 100.", sum=number(total))


def _reason(reason: Reason, finding: Finding) -> Iterator[str]:
    fits = [_is(fit) for fit in reason.fits]
    if reason.cause is Cause.OTHER_NUMBER:
        yield _("What is printed would follow from: %(fits)s.", fits="; ".join(fits))
    elif reason.cause is Cause.ALSO_SUM:
        yield _("With %(fit)s the total of the column is right as well.", fit=_of(reason.fits[0]))
    elif reason.cause is Cause.FEWER_ANSWERED and finding.kind is Kind.SHARE:
        yield _("It follows if not all answered the question: %(fits)s.", fits="; ".join(fits))
    elif reason.cause is Cause.FEWER_ANSWERED and finding.kind is Kind.MEAN:
        yield _("It follows if not all answered the question: n = %(n)s.", n=number(reason.fits[0].n))
    elif reason.cause is Cause.ADDED:
        yield _added(reason, finding.printed[0])
    elif reason.cause is Cause.TWO_SHARES:
        yield _(
            "Two shares are printed where one is meant: %(fits)s. Together: %(together)s.",
            fits="; ".join(fits),
            together="; ".join(map(_is, finding.fits)),
        )
    elif reason.cause in HABITS:
        yield str(HABITS[reason.cause])


def _added(reason: Reason, printed: Decimal) -> str:
    first, second = reason.splits[len(reason.splits) // 2]
    n, decimals = reason.fits[0].n, decimals_of(printed)
    return _(
        "Two rounded shares may have been added, such as %(first)s + %(second)s (%(k)s and %(l)s of %(n)s).",
        first=number(share_of(first, n, decimals)),
        second=number(share_of(second, n, decimals)),
        k=number(first),
        l=number(second),
        n=number(n),
    )


def _of(fit: Fit) -> str:
    return _("%(k)s of %(n)s", k=number(fit.k), n=number(fit.n))


def _is(fit: Fit) -> str:
    return _("%(k)s of %(n)s is %(share)s", k=number(fit.k), n=number(fit.n), share=percent(fit.value))
