"""figures from elsewhere, with their source

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outside_table",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_outside_table_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_outside_table_series_id_series"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_table")),
        sa.UniqueConstraint("public_id", name=op.f("uq_outside_table_public_id")),
    )
    op.create_index(op.f("ix_outside_table_project_id"), "outside_table", ["project_id"])
    op.create_index(op.f("ix_outside_table_series_id"), "outside_table", ["series_id"])
    op.create_table(
        "outside_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("table_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["table_id"], ["outside_table.id"], name=op.f("fk_outside_version_table_id_outside_table")
        ),
        sa.ForeignKeyConstraint(
            ["saved_by"], ["app_user.id"], name=op.f("fk_outside_version_saved_by_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_version")),
        sa.UniqueConstraint("table_id", "number", name=op.f("uq_outside_version_table_id_number")),
    )
    op.create_index(op.f("ix_outside_version_saved_by"), "outside_version", ["saved_by"])


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would lose what was stored since.")
