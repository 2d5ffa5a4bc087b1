"""indicators of an index

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("indicator") as table:
        table.drop_constraint(op.f("ck_indicator_kind_known"), type_="check")
        table.create_check_constraint(
            op.f("ck_indicator_kind_known"),
            sa.text(
                "kind IN ('head_count', 'attendances', 'outcomes', 'share', 'mean', 'pairs', 'index',"
                " 'products', 'yes_no', 'outside')"
            ),
        )


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would lose what was stored since.")
