"""keys of their own for sealed and anonymous answers, what destroys them, and answers taken back

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=True),
        sa.Column("target", sa.String(length=40), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("mode IN ('sealed', 'anonymous')", name=op.f("ck_answer_key_mode_known")),
        sa.CheckConstraint(
            "(mode = 'anonymous') = (rule_id IS NOT NULL AND target IS NOT NULL)",
            name=op.f("ck_answer_key_anonymous_has_measurement"),
        ),
        sa.CheckConstraint(
            "destroyed_at IS NULL OR closed_at IS NOT NULL", name=op.f("ck_answer_key_closed_first")
        ),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_answer_key_series_id_series")),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["follow_up_rule.id"], name=op.f("fk_answer_key_rule_id_follow_up_rule")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_answer_key_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_key")),
        sa.UniqueConstraint("name", name=op.f("uq_answer_key_name")),
        sa.UniqueConstraint("scope", name=op.f("uq_answer_key_scope")),
    )
    op.create_index(op.f("ix_answer_key_series_id"), "answer_key", ["series_id"])
    with op.batch_alter_table("project") as table:
        table.add_column(sa.Column("destruction_decision", sa.JSON(none_as_null=True), nullable=True))
        table.add_column(sa.Column("privacy_wording", sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table("invitation") as table:
        table.add_column(sa.Column("key_name", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("declined", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_index(op.f("ix_invitation_key_name"), ["key_name"])
        table.create_foreign_key(
            op.f("fk_invitation_key_name_answer_key"), "answer_key", ["key_name"], ["name"]
        )
    with op.batch_alter_table("message") as table:
        table.drop_constraint(op.f("ck_message_one_receiver"), type_="check")
        table.create_check_constraint(
            op.f("ck_message_one_receiver"),
            sa.text(
                "CASE WHEN kind = 'forgotten' THEN enrolment_id IS NULL AND user_id IS NULL"
                " AND invitation_id IS NULL ELSE (enrolment_id IS NULL) <> (user_id IS NULL) END"
            ),
        )
    # A person's own target would lead from the answers to the register.
    op.execute(
        "UPDATE response SET target = 'enrolment:'"
        " WHERE privacy_mode <> 'named' AND target LIKE 'enrolment:%'"
    )


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would lose what was stored since.")
