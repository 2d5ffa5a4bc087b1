"""the role of a supplier

Revision ID: 0019
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("membership") as table:
        table.drop_constraint(op.f("ck_membership_role_known"), type_="check")
        table.create_check_constraint(
            op.f("ck_membership_role_known"),
            sa.text("role IN ('administrator', 'organiser', 'evaluator', 'reader', 'supplier')"),
        )


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would lose what was stored since.")
