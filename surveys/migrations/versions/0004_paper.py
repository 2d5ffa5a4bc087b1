"""answers that staff type in from paper

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ENTERED_BY = "entered_by IS NULL OR (source = 'paper' AND privacy_mode IN ('named', 'pseudonymous'))"


def upgrade() -> None:
    with op.batch_alter_table("response") as table:
        table.add_column(sa.Column("source", sa.String(length=8), nullable=False, server_default="web"))
        table.add_column(sa.Column("entered_by", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_response_entered_by_app_user"), "app_user", ["entered_by"], ["id"])
        table.create_check_constraint(op.f("ck_response_source_known"), sa.text("source IN ('web', 'paper')"))
        table.create_check_constraint(op.f("ck_response_entered_by_of_paper"), sa.text(ENTERED_BY))
        table.create_index(op.f("ix_response_entered_by"), ["entered_by"])


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would lose what was stored since.")
