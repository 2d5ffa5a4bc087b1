"""answers that others have collected, with their source

Revision ID: 0015
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("follow_up_rule") as table:
        table.add_column(sa.Column("outside", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_check_constraint(
            op.f("ck_follow_up_rule_outside_never_sends"), sa.text("NOT (outside AND active)")
        )
    with op.batch_alter_table("response") as table:
        table.drop_constraint(op.f("ck_response_source_known"), type_="check")
        table.create_check_constraint(
            op.f("ck_response_source_known"), sa.text("source IN ('web', 'paper', 'outside')")
        )
        table.drop_constraint(op.f("ck_response_uncoded_is_nobodys"), type_="check")
        table.create_check_constraint(
            op.f("ck_response_uncoded_is_nobodys"),
            sa.text(
                "NOT uncoded OR (privacy_mode <> 'named' AND enrolment_id IS NULL "
                "AND (source = 'outside' OR (source = 'paper' AND pairing_key IS NULL)))"
            ),
        )
        table.create_check_constraint(
            op.f("ck_response_outside_asked_nobody"), sa.text("source <> 'outside' OR uncoded")
        )
    op.create_table(
        "outside_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=True),
        sa.Column("questionnaire_id", sa.Integer(), nullable=False),
        sa.Column("occasion_id", sa.Integer(), nullable=True),
        sa.Column("wave", sa.String(length=16), nullable=False),
        sa.Column("source_name", sa.String(length=200), nullable=False),
        sa.Column("collected_by", sa.String(length=200), nullable=False),
        sa.Column("collected_on", sa.Date(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("reading", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("joined", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(rule_id IS NULL) = (saved_at IS NULL)", name=op.f("ck_outside_answers_saved_has_rule")
        ),
        sa.CheckConstraint(
            "(content IS NULL) = (saved_at IS NOT NULL)", name=op.f("ck_outside_answers_unsaved_has_content")
        ),
        sa.CheckConstraint(
            "wave IN ('pre', 'post', 'follow_up', 'occasion')", name=op.f("ck_outside_answers_wave_known")
        ),
        sa.CheckConstraint(
            "(wave = 'occasion') = (occasion_id IS NOT NULL)",
            name=op.f("ck_outside_answers_occasion_of_wave"),
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_outside_answers_series_id_series")
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["follow_up_rule.id"], name=op.f("fk_outside_answers_rule_id_follow_up_rule")
        ),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"],
            ["questionnaire.id"],
            name=op.f("fk_outside_answers_questionnaire_id_questionnaire"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["occasion_id"],
            ["occasion.id"],
            name=op.f("fk_outside_answers_occasion_id_occasion"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["app_user.id"], name=op.f("fk_outside_answers_created_by_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_answers")),
        sa.UniqueConstraint("public_id", name=op.f("uq_outside_answers_public_id")),
        sa.UniqueConstraint("rule_id", name=op.f("uq_outside_answers_rule_id")),
    )
    for column in ("series_id", "questionnaire_id", "occasion_id", "created_by"):
        op.create_index(op.f(f"ix_outside_answers_{column}"), "outside_answers", [column])


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would lose what was stored since.")
