"""A project's logotype inside the page, so that it makes no request of its own."""

from base64 import b64encode

from markupsafe import Markup

from surveys.answers import responses
from surveys.answers.form_view import FormView
from surveys.web import links
from surveys.web.guard import installation

MOST_INSIDE = 8 * 1024  # a page with its style and script is to stay under 30 KB


def image(view: FormView) -> Markup:
    """The logotype as an image in the page; nothing where there is none, or a larger one."""
    if not view.project.logotype_type:
        return Markup("")
    try:
        found = responses.logotype(installation().database, view.public_id, links.held(view.public_id))
    except responses.UnknownLink:  # taken away a moment ago
        return Markup("")
    if len(found.content) > MOST_INSIDE:
        return Markup("")
    source = f"data:{found.media_type};base64,{b64encode(found.content).decode()}"
    said = view.project.logotype_text or view.project.title
    return Markup('<img class="logotype" src="{}" alt="{}">').format(source, said)
