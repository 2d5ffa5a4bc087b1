"""What an export says of itself: where it is from, what it holds, what is left out and why."""

from surveys.domain.texts import pick
from surveys.exporting.rows import Export, collected_by
from surveys.exporting.words import Words

Line = tuple[str, str]


def about(export: Export, words: Words) -> list[Line]:
    """Return (what, how it is) for each thing worth knowing."""
    _ = words.gettext
    lines = [
        (_("Project"), export.project_title),
        (words.series, f"{export.series_title} ({export.series_code})"),
        (_("Made"), export.made_at_home.strftime("%Y-%m-%d %H:%M")),
        (_("Responses"), str(export.count)),
    ]
    if export.rows_given:
        lines.append((_("A row"), _("one response that was sent in")))
    lines += [(_("Measurement"), each) for each in measurements(export, words)]
    lines += [(_("Not in the file"), each) for each in left_out(export, words)]
    if any(export.hidden.values()):
        lines.append(("..", _("not shown: too few answered the question in that measurement")))
    lines.append((_("Names and addresses"), _("are in no export")))
    return lines


def measurements(export: Export, words: Words) -> list[str]:
    """A line a measurement: the questionnaire, where, the versions, and how many answered."""
    found = []
    for each in export.measurements:
        forms = export.forms[each.key] if each.key else {}
        title = pick(each.title or {}, words.language)
        where = f"{each.occasion.code} {each.occasion.title}" if each.occasion else words.waves[each.wave]
        versions = ", ".join(str(number) for number in sorted({one.version for one in forms.values()}))
        line = words.gettext(
            "%(title)s (%(code)s), %(where)s: version %(versions)s, n = %(n)s",
            title=title,
            code=each.questionnaire_code,
            where=where,
            versions=versions,
            n=each.counts.answers,
        )
        if each.outside:
            source = words.gettext("source: %(source)s", source=collected_by(each))
            line = f"{line}; {source}"
        found.append(line)
    return found


def left_out(export: Export, words: Words) -> list[str]:
    """What is not in the file, and why."""
    if not export.rows_given:
        return [
            words.gettext(
                "No response rows are given out of this series: its answers are told by background."
            )
        ]
    lines = []
    if export.too_few:
        lines.append(
            words.ngettext(
                "%(num)s response is left out because too few answered that questionnaire.",
                "%(num)s responses are left out because too few answered those questionnaires.",
                export.too_few,
            )
        )
    if export.waiting:
        lines.append(
            words.ngettext(
                "%(num)s response is left out until its questionnaire has closed.",
                "%(num)s responses are left out until their questionnaires have closed.",
                export.waiting,
            )
        )
    if export.not_carried:
        lines.append(
            words.gettext(
                "Left out, because too few share them: %(names)s.",
                names=", ".join(words.fixed.get(name, name) for name in export.not_carried),
            )
        )
    if not export.as_evaluator:
        lines.append(
            words.gettext(
                "Person codes and days are left out: "
                "with the list of who has answered they would name people."
            )
        )
    return lines
