"""several questions declared as an index

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "question_index",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("declared_by", sa.Integer(), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minimum >= 1", name=op.f("ck_question_index_minimum_positive")),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_question_index_series_id_series")
        ),
        sa.ForeignKeyConstraint(
            ["declared_by"], ["app_user.id"], name=op.f("fk_question_index_declared_by_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_index")),
        sa.UniqueConstraint("series_id", "name", name=op.f("uq_question_index_series_id_name")),
    )
    op.create_index(op.f("ix_question_index_declared_by"), "question_index", ["declared_by"])


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would lose what was stored since.")
