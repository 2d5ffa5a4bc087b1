"""answers typed in from papers without a code, which nobody was asked by

Revision ID: 0009
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("response") as table:
        table.add_column(sa.Column("uncoded", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_check_constraint(
            op.f("ck_response_uncoded_is_nobodys"),
            sa.text(
                "NOT uncoded OR (source = 'paper' AND privacy_mode <> 'named' "
                "AND enrolment_id IS NULL AND pairing_key IS NULL)"
            ),
        )


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would lose what was stored since.")
