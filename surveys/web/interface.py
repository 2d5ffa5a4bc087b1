"""The components of the design system, each in every state (demo only)."""

from datetime import UTC, datetime

from flask import Blueprint, render_template

from surveys.web import guard

blueprint = Blueprint("interface", __name__)

# Fixed, so that one photograph of the page can be laid over another.
MOMENTS = {
    "starts": datetime(2026, 12, 1, 12, 0, tzinfo=UTC),
    "ends": datetime(2026, 12, 1, 15, 30, tzinfo=UTC),
    "closes": datetime(2026, 12, 15, 17, 0, tzinfo=UTC),
}
NUMBERS = {"many": 12_345, "share": 78.6}


@blueprint.get("/interface")
@guard.public
def components() -> str:
    return render_template("interface.html", moments=MOMENTS, numbers=NUMBERS)
