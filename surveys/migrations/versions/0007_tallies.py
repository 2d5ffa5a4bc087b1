"""answers counted and kept, dated snapshots of them, and indexes that hold all that results count

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tally",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("ticket", sa.String(length=32), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=True),
        sa.Column("revisions", sa.BigInteger(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(counted_at IS NULL) = (responses IS NULL)", name=op.f("ck_tally_counted_from")),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["follow_up_rule.id"],
            name=op.f("fk_tally_rule_id_follow_up_rule"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally")),
        sa.UniqueConstraint("rule_id", "target", name=op.f("uq_tally_rule_id_target")),
    )
    op.create_table(
        "tally_cell",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tally_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("background", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tally_id"], ["tally.id"], name=op.f("fk_tally_cell_tally_id_tally"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["questionnaire_version.id"],
            name=op.f("fk_tally_cell_version_id_questionnaire_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally_cell")),
    )
    op.create_index(op.f("ix_tally_cell_tally_id"), "tally_cell", ["tally_id"])
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(length=8), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.Column("revisions", sa.BigInteger(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("cells", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint("why IN ('closing', 'month')", name=op.f("ck_snapshot_why_known")),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["follow_up_rule.id"],
            name=op.f("fk_snapshot_rule_id_follow_up_rule"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint("rule_id", "target", "day", name=op.f("uq_snapshot_rule_id_target_day")),
    )
    op.create_index(
        "ix_response_counted",
        "response",
        [
            "rule_id",
            "target",
            "uncoded",
            "source",
            "submitted_at",
            "revision",
            "pairing_key",
            "privacy_mode",
        ],
    )
    op.create_index(
        "ix_message_invitation_id_state_attempts", "message", ["invitation_id", "state", "attempts"]
    )
    op.drop_index("ix_response_rule_id_target", table_name="response")


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would lose what was stored since.")
