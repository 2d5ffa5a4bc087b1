"""whether a series gives response rows, and by what its answers are told

Until now a series gave both rows and tables by every variable; rows are given again where somebody chooses so.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("series") as table:
        table.add_column(sa.Column("response_rows", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("told_by", sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table("series") as table:
        table.alter_column("response_rows", server_default=None)


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would lose what was stored since.")
