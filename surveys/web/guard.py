"""Who may see which page. Every route has an audience: staff with roles, participants, or everyone.

A staff view is written

    @blueprint.get("/projekt/<project>/insatser/<series>")
    @staff("organiser", "evaluator", "reader")
    def series(project: str, series: str) -> str: ...

and finds ``g.user``, ``g.project``, ``g.role`` and (where the address names one) ``g.series``. An
administrator of the project may everything. What a role may not see, what lies in another project and
what does not exist give the same 404. A staff view without a project in its address is open to whoever
is signed in.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import Flask, abort, current_app, g, request
from flask_login import UserMixin, current_user
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from surveys import clock
from surveys.extensions import login
from surveys.installation import Installation
from surveys.models.access import ROLES
from surveys.queries import staff as staff_queries
from surveys.running import access
from surveys.web import language

P = ParamSpec("P")
R = TypeVar("R")

PARTICIPANT_BLUEPRINTS = frozenset({"answer", "logbook", "new_link", "own", "room", "withdrawal"})
EVERY_ROLE = ROLES


@dataclass(frozen=True)
class Audience:
    """``kind`` is staff, participant or public; ``roles`` says which staff."""

    kind: str
    roles: frozenset[str] = frozenset()


class UnguardedRoute(Exception):
    """A route that says of nobody who may see it."""

    code = "unguarded_route"


class StaffUser(UserMixin):  # type: ignore[misc]
    """What Flask-Login keeps: the cookie holds the token of the session, never the user's id."""

    def __init__(self, who: access.SignedIn) -> None:
        self.who = who

    def get_id(self) -> str:
        return self.who.token


def installation() -> Installation:
    return cast(Installation, current_app.extensions["folja"])


def reading_session() -> Session:
    """The one session for reading of this request; closed when the request ends."""
    if "session" not in g:
        g.session_context = installation().database.reading()
        g.session = g.session_context.__enter__()
    return cast(Session, g.session)


def signed_in() -> access.SignedIn | None:
    """The user of this request. Asks the database; not for participants' pages."""
    return current_user.who if current_user.is_authenticated else None


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Open to everyone."""
    return _marked(view, Audience("public"))


def participant(view: Callable[P, R]) -> Callable[P, R]:
    """Opened with a link of one's own; the view itself asks for it."""
    return _marked(view, Audience("participant"))


def staff(*roles: str) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """For users with one of ``roles`` in the project of the address; administrators always."""
    if unknown := set(roles) - set(ROLES):
        raise ValueError(f"unknown roles: {unknown}")
    audience = Audience("staff", frozenset(roles) | {"administrator"})

    def decorate(view: Callable[P, R]) -> Callable[P, R | Response]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            user = signed_in()
            if user is None:
                return cast(Response, login.unauthorized())
            _admit(user, audience)
            return view(*args, **kwargs)

        return _marked(guarded, audience)

    return decorate


def audience_of(app: Flask, rule: Rule) -> Audience | None:
    """Who may see a route; None where nothing says so."""
    if rule.endpoint == "static":
        return Audience("public")
    marked = getattr(app.view_functions[rule.endpoint], "audience", None)
    if marked is None and rule.endpoint.partition(".")[0] in PARTICIPANT_BLUEPRINTS:
        return Audience("participant")
    return cast("Audience | None", marked)


def routes(app: Flask) -> Iterator[tuple[Rule, Audience | None]]:
    """Every route with its audience, in the order of their addresses."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        yield rule, audience_of(app, rule)


def check_every_route(app: Flask) -> None:
    """Raise :class:`UnguardedRoute` where a view has neither ``@staff``, ``@participant`` nor ``@public``."""
    for rule, audience in routes(app):
        if audience is None:
            raise UnguardedRoute(f"{rule.rule} ({rule.endpoint}): decorate it with surveys.web.guard")


def register(app: Flask) -> None:
    app.before_request(_refuse_nul)
    login.user_loader(_load)
    app.teardown_request(_close_session)


def _refuse_nul() -> None:
    # PostgreSQL takes no NUL in a text, so nothing of ours has such an address. Fields are for their forms.
    if "\0" in request.path or b"%00" in request.query_string:
        abort(404)


def _marked(view: Callable[P, R], audience: Audience) -> Callable[P, R]:
    view.audience = audience  # type: ignore[attr-defined]
    return view


def _load(token: str) -> StaffUser | None:
    who = access.user_of(installation().database, token, clock.now())
    return StaffUser(who) if who else None


def _admit(user: access.SignedIn, audience: Audience) -> None:
    g.user = user
    language.prefer(user.language)
    where = request.view_args or {}
    if "project" not in where:
        return
    session = reading_session()
    membership = staff_queries.membership(session, user.user_id, where["project"])
    if membership is None or membership.role not in audience.roles:
        abort(404)
    g.project, g.role = membership.project, membership.role
    g.timezone = g.project.timezone
    if "series" in where:
        g.series = staff_queries.series_of(session, g.project.id, where["series"]) or abort(404)


def _close_session(_error: BaseException | None) -> None:
    context = g.pop("session_context", None)
    g.pop("session", None)
    if context is not None:
        context.__exit__(None, None, None)
