"""kinds of outcomes are declared; outcomes come from files

Revision ID: 0018
Revises: 0017
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NOTED = """
    SELECT DISTINCT series.project_id AS project, outcome.kind AS kind FROM outcome
    JOIN enrolment ON enrolment.id = outcome.enrolment_id JOIN series ON series.id = enrolment.series_id
    ORDER BY 1, 2
"""
COUNTED = """
    SELECT indicator.project_id AS project, indicator_version.definition AS definition FROM indicator_version
    JOIN indicator ON indicator.id = indicator_version.indicator_id WHERE indicator.kind = 'outcomes'
    ORDER BY indicator_version.id
"""


def upgrade() -> None:
    op.create_table(
        "outcome_kind",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=360), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_outcome_kind_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_kind")),
        sa.UniqueConstraint("project_id", "key", name=op.f("uq_outcome_kind_project_id_key")),
    )
    op.create_table(
        "outcome_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_outcome_import_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_outcome_import_user_id_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_import")),
    )
    op.create_index(op.f("ix_outcome_import_project_id"), "outcome_import", ["project_id"])
    with op.batch_alter_table("outcome") as table:
        table.add_column(sa.Column("import_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_outcome_import_id_outcome_import"), "outcome_import", ["import_id"], ["id"]
        )
        table.create_index(op.f("ix_outcome_import_id"), ["import_id"])
    _declare(op.get_bind())


def _declare(bind: sa.Connection) -> None:
    """What has been noted and counted so far becomes the list; spellings that differ by case are one."""
    named = [(row.project, row.kind) for row in bind.execute(sa.text(NOTED))]
    for row in bind.execute(sa.text(COUNTED)):
        named += [(row.project, kind) for kind in _content(row.definition).get("outcomes", ())]
    kinds: dict[tuple[int, str], str] = {}
    for project, kind in named:
        kinds.setdefault((project, " ".join(kind.casefold().split())), kind)
    for position, ((project, key), name) in enumerate(kinds.items(), start=1):
        values = {"project": project, "name": name, "key": key, "position": position}
        bind.execute(
            sa.text(
                "INSERT INTO outcome_kind (project_id, name, key, position)"
                " VALUES (:project, :name, :key, :position)"
            ),
            values,
        )


def _content(definition: Any) -> dict[str, Any]:
    found = json.loads(definition) if isinstance(definition, str) else definition
    return dict(found)


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would lose what was stored since.")
