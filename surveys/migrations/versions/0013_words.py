"""spellings of association words counted together

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "word_spelling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=200), nullable=False),
        sa.Column("spelling", sa.String(length=400), nullable=False),
        sa.Column("word", sa.String(length=100), nullable=False),
        sa.Column("declared_by", sa.Integer(), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_word_spelling_series_id_series")),
        sa.ForeignKeyConstraint(
            ["declared_by"], ["app_user.id"], name=op.f("fk_word_spelling_declared_by_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_word_spelling")),
        sa.UniqueConstraint(
            "series_id", "question", "spelling", name=op.f("uq_word_spelling_series_id_question_spelling")
        ),
    )
    op.create_index(op.f("ix_word_spelling_declared_by"), "word_spelling", ["declared_by"])


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would lose what was stored since.")
