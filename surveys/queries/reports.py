"""Reports of a project: their versions, recommendations, sets of headings and the Word template."""

from collections.abc import Sequence

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload, undefer

from surveys.models.deeds import Deed
from surveys.models.programme import Project, Series
from surveys.models.report import (
    Recommendation,
    RecommendationFollowUp,
    Report,
    ReportHeadings,
    ReportTemplate,
)


def of_project(session: Session, project_id: int, only_signed: bool = False) -> Sequence[Report]:
    """Every version of every report, the newest first; ``only_signed``: without preliminary ones."""
    wanted = select(Report).where(Report.project_id == project_id)
    if only_signed:
        wanted = wanted.where(Report.signed_at.is_not(None))
    people = joinedload(Report.made_by), joinedload(Report.signed_by)
    return session.scalars(wanted.options(*people).order_by(Report.made_at.desc(), Report.id.desc())).all()


def report(session: Session, project_id: int, public_id: str) -> Report | None:
    """One version of a report, with its recommendations."""
    return session.scalar(
        select(Report)
        .where(Report.project_id == project_id, Report.public_id == public_id)
        .options(
            joinedload(Report.made_by),
            joinedload(Report.signed_by),
            joinedload(Report.follows),
            selectinload(Report.recommendations),
        )
    )


def whole(session: Session, report_id: int) -> Report:
    """The same with its document and its figures."""
    wanted = select(Report).where(Report.id == report_id)
    return session.scalars(
        wanted.options(undefer(Report.document), undefer(Report.figures)).execution_options(
            populate_existing=True
        )
    ).one()


def held(session: Session, project_id: int, public_id: str) -> Report | None:
    """A version that no other transaction changes until this one ends."""
    wanted = select(Report).where(Report.project_id == project_id, Report.public_id == public_id)
    return session.scalar(wanted.with_for_update())


def hold_line(session: Session, line: str) -> None:
    """Let no other transaction make or change a version of a report until this one ends."""
    wanted = select(Report.id).where(Report.line == line).order_by(Report.id)
    session.scalars(wanted.with_for_update()).all()


def versions(session: Session, line: str) -> Sequence[Report]:
    """The versions of one report, the newest first."""
    return session.scalars(
        select(Report)
        .where(Report.line == line)
        .options(joinedload(Report.made_by), joinedload(Report.signed_by))
        .order_by(Report.version.desc())
    ).all()


def newest_version(session: Session, line: str) -> int:
    return session.scalar(select(func.max(Report.version)).where(Report.line == line)) or 0


def last_number(session: Session, project_id: int, line: str) -> int:
    """The highest number that a version of a report has had, also one that has been removed."""
    removed = session.scalars(
        select(Deed.details).where(Deed.project_id == project_id, Deed.action == "report_removed")
    )
    gone = (int(each["version"]) for each in removed if each and each.get("line") == line)
    return max(newest_version(session, line), *gone, 0)


def is_followed(session: Session, report_id: int) -> bool:
    """Whether another report tells what has become of this one's recommendations, or is to tell it."""
    return session.scalar(select(exists().where(Report.follows_id == report_id))) or False


def before(session: Session, one: Report) -> Report | None:
    """The version before this one, with its figures."""
    return session.scalar(
        select(Report)
        .where(Report.line == one.line, Report.version < one.version)
        .options(undefer(Report.figures))
        .order_by(Report.version.desc())
        .limit(1)
    )


def recommending(session: Session, project_id: int) -> Sequence[Report]:
    """The newest version of each report that recommends something, the newest first."""
    later = aliased(Report)
    newest = ~select(later.id).where(later.line == Report.line, later.version > Report.version).exists()
    has_some = select(Recommendation.id).where(Recommendation.report_id == Report.id).exists()
    return session.scalars(
        select(Report)
        .where(Report.project_id == project_id, newest, has_some)
        .order_by(Report.made_at.desc(), Report.id.desc())
    ).all()


def recommendations(session: Session, report_id: int) -> Sequence[Recommendation]:
    return session.scalars(
        select(Recommendation)
        .where(Recommendation.report_id == report_id)
        .order_by(Recommendation.position, Recommendation.id)
    ).all()


def follow_ups(session: Session, report_id: int) -> dict[int, RecommendationFollowUp]:
    """What a report tells of earlier recommendations, by the recommendation's id."""
    wanted = select(RecommendationFollowUp).where(RecommendationFollowUp.report_id == report_id)
    return {each.recommendation_id: each for each in session.scalars(wanted)}


def followed_up(session: Session, recommendation_ids: Sequence[int]) -> set[int]:
    """Those of the recommendations that another report has followed up."""
    wanted = select(RecommendationFollowUp.recommendation_id).distinct()
    return set(
        session.scalars(wanted.where(RecommendationFollowUp.recommendation_id.in_(recommendation_ids)))
    )


def heading_sets(session: Session, project_id: int) -> Sequence[ReportHeadings]:
    wanted = select(ReportHeadings).where(ReportHeadings.project_id == project_id)
    return session.scalars(wanted.order_by(ReportHeadings.name, ReportHeadings.id)).all()


def heading_set(
    session: Session, project_id: int, public_id: str, hold: bool = False
) -> ReportHeadings | None:
    """``hold``: no other transaction changes it until this one ends."""
    wanted = select(ReportHeadings).where(
        ReportHeadings.project_id == project_id, ReportHeadings.public_id == public_id
    )
    return session.scalar(wanted.with_for_update() if hold else wanted)


def template(session: Session, project_id: int) -> ReportTemplate | None:
    return session.scalar(
        select(ReportTemplate)
        .where(ReportTemplate.project_id == project_id)
        .options(joinedload(ReportTemplate.uploaded_by))
    )


def template_content(session: Session, project_id: int) -> bytes | None:
    return session.scalar(select(ReportTemplate.content).where(ReportTemplate.project_id == project_id))


def project(session: Session, project_id: int) -> Project:
    return session.scalars(select(Project).where(Project.id == project_id)).one()


def series(session: Session, project_id: int, codes: Sequence[str]) -> Sequence[Series]:
    """Those of the series that there are, in the project's order."""
    wanted = select(Series).where(Series.project_id == project_id, Series.code.in_(codes))
    return session.scalars(wanted.order_by(Series.position, Series.id)).all()
