"""Loads the outcomes that can be noted of persons: those of the file are added, others stay."""

from surveys.course.programme_load.tally import Loading
from surveys.models.programme import Project
from surveys.queries import outcomes as queries
from surveys.register.outcomes import LONGEST_KIND, MOST_KINDS, declared
from surveys.register.people_register import folded


def load_outcome_kinds(loading: Loading, project: Project) -> None:
    """One that is there keeps the spelling it has."""
    names = loading.document.programme.outcome_kinds
    if not names:
        return
    loading.session.flush()
    rows = queries.kinds(loading.session, project.id)
    known, last = {each.key for each in rows}, max((each.position for each in rows), default=0)
    for number, name in enumerate(names):
        if len(name) > LONGEST_KIND:
            path = ("outcome_kinds", number)
            loading.fault(path, "too_long", field="outcome_kinds", most=LONGEST_KIND)
        elif folded(name) in known:
            loading.count("outcome_kinds", False)
        else:
            known.add(folded(name))
            loading.session.add(declared(project.id, name, last + 1 + number))
            loading.counts["outcome_kinds"].created += 1
    if len(known) > MOST_KINDS:
        loading.fault(("outcome_kinds",), "too_many", field="outcome_kinds", most=MOST_KINDS)
    loading.session.flush()
