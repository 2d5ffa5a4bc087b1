"""what writing questionnaires needs: drafts of versions, a library of scales

Revision ID: 0003
Revises: 0002
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("questionnaire_version") as table:
        # What is there already is what is asked.
        table.add_column(sa.Column("draft", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("previous", sa.JSON(), nullable=True))
        table.create_check_constraint(
            op.f("ck_questionnaire_version_draft_unlocked"), sa.text("NOT draft OR locked_at IS NULL")
        )
    op.create_table(
        "scale",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_scale_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scale")),
        sa.UniqueConstraint("project_id", "code", name=op.f("uq_scale_project_id_code")),
    )
    fill_library()


def fill_library() -> None:
    """The scales written out in questionnaires, the newest of each code, become their project's library."""
    read = sa.text(
        "SELECT q.project_id, v.content FROM questionnaire_version v"
        " JOIN questionnaire q ON q.id = v.questionnaire_id ORDER BY q.project_id, q.position, v.number"
    )
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for project_id, content in op.get_bind().execute(read).fetchall():
        document = json.loads(content) if isinstance(content, str) else content
        for question in document.get("questions", ()):
            scale = question.get("scale")
            if isinstance(scale, dict) and scale.get("code"):
                found[project_id, scale["code"]] = scale
    table = sa.table(
        "scale",
        sa.column("project_id"),
        sa.column("code"),
        sa.column("position"),
        sa.column("content", sa.JSON),
    )
    rows = [
        {"project_id": project_id, "code": code, "position": position, "content": scale}
        for position, ((project_id, code), scale) in enumerate(found.items())
    ]
    if rows:
        op.bulk_insert(table, rows)


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would lose what was stored since.")
