"""what planning and sending need: notices, quiet hours, bounces, imports, deeds

Revision ID: 0002
Revises: 0001
"""

from secrets import token_urlsafe

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    new_tables()
    programme()
    people()
    rules_and_mailings()
    messages()


def new_tables() -> None:
    op.create_table(
        "sending_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paused_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pauses", sa.Integer(), nullable=False),
        sa.Column("pause_code", sa.String(length=64), nullable=True),
        sa.Column("pause_text", sa.String(length=1000), nullable=True),
        sa.Column("muted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("muted_reason", sa.String(length=64), nullable=True),
        sa.Column("window_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_sending_state_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending_state")),
    )
    op.create_table(
        "deed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_deed_project_id_project")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_deed_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deed")),
    )
    op.create_index(op.f("ix_deed_project_id_subject"), "deed", ["project_id", "subject"])
    op.create_index(op.f("ix_deed_user_id"), "deed", ["user_id"])

    op.create_table(
        "mail_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_mail_text_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_text")),
        sa.UniqueConstraint(
            "project_id", "kind", "language", name=op.f("uq_mail_text_project_id_kind_language")
        ),
    )
    op.create_table(
        "mail_stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(scope = 'series') = (series_id IS NOT NULL)", name=op.f("ck_mail_stop_series_named")
        ),
        sa.CheckConstraint(
            "scope IN ('reminders', 'series', 'everything')", name=op.f("ck_mail_stop_scope_known")
        ),
        sa.CheckConstraint(
            "source IN ('unsubscribe', 'complaint', 'organiser')", name=op.f("ck_mail_stop_source_known")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_mail_stop_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_mail_stop_series_id_series")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_stop")),
    )
    op.create_index(op.f("ix_mail_stop_participant_id"), "mail_stop", ["participant_id"])

    op.create_table(
        "people_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("mapping", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=True),
        sa.Column("lease_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('uploaded', 'checking', 'checked', 'saving', 'saved', 'failed', 'stopped')",
            name=op.f("ck_people_import_state_known"),
        ),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_people_import_series_id_series")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_people_import_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_import")),
        sa.UniqueConstraint("public_id", name=op.f("uq_people_import_public_id")),
    )
    op.create_index(op.f("ix_people_import_series_id"), "people_import", ["series_id"])
    op.create_index(op.f("ix_people_import_state"), "people_import", ["state"])

    op.create_table(
        "personal_page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_personal_page_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_page")),
        sa.UniqueConstraint("participant_id", name=op.f("uq_personal_page_participant_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_personal_page_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_personal_page_token_hash")),
    )
    op.create_table(
        "occasion_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occasion_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("starts_wall", sa.DateTime(), nullable=True),
        sa.Column("ends_wall", sa.DateTime(), nullable=True),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["occasion_id"], ["occasion.id"], name=op.f("fk_occasion_change_occasion_id_occasion")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occasion_change")),
        sa.UniqueConstraint("occasion_id", "sequence", name=op.f("uq_occasion_change_occasion_id_sequence")),
    )
    op.create_table(
        "outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_outcome_enrolment_id_enrolment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
        sa.UniqueConstraint(
            "enrolment_id", "on_date", "kind", name=op.f("uq_outcome_enrolment_id_on_date_kind")
        ),
    )
    op.create_table(
        "call_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_call_note_invitation_id_invitation")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_call_note_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_note")),
    )
    op.create_index(op.f("ix_call_note_invitation_id"), "call_note", ["invitation_id"])

    op.create_table(
        "returned_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=True),
        sa.Column("diagnostic", sa.String(length=1000), nullable=False),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("ignored", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "kind IN ('bounce', 'delay', 'auto_reply', 'complaint', 'unknown')",
            name=op.f("ck_returned_mail_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_returned_mail_message_id_message")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_returned_mail_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returned_mail")),
        sa.UniqueConstraint("digest", name=op.f("uq_returned_mail_digest")),
    )
    op.create_index(op.f("ix_returned_mail_message_id"), "returned_mail", ["message_id"])
    op.create_index(op.f("ix_returned_mail_participant_id"), "returned_mail", ["participant_id"])


def programme() -> None:
    with op.batch_alter_table("project") as table:
        table.add_column(sa.Column("emblem", sa.String(length=16), nullable=True))
        table.add_column(sa.Column("quiet_from", sa.Time(), nullable=True))
        table.add_column(sa.Column("quiet_to", sa.Time(), nullable=True))
        table.add_column(no("quiet_weekends"))
        table.add_column(no("quiet_holidays"))
        table.add_column(sa.Column("weekly_cap", sa.Integer(), nullable=True))
        check(table, "project", "quiet_hours_whole", "(quiet_from IS NULL) = (quiet_to IS NULL)")
        check(table, "project", "weekly_cap_positive", "weekly_cap > 0")
        check(table, "project", "emblem_known", "emblem IN ('eu_cofunded', 'eu_funded')")
    with op.batch_alter_table("series") as table:
        table.add_column(sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.add_column(sa.Column("round_of_id", sa.Integer(), nullable=True))
        table.create_index(op.f("ix_series_round_of_id"), ["round_of_id"])
        table.create_foreign_key(op.f("fk_series_round_of_id_series"), "series", ["round_of_id"], ["id"])
    with op.batch_alter_table("occasion") as table:
        table.add_column(sa.Column("uid", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("door_id", sa.String(length=32), nullable=True))
    fill_with_random("occasion", "uid", "door_id")
    with op.batch_alter_table("occasion") as table:
        table.alter_column("uid", existing_type=sa.String(length=32), nullable=False)
        table.alter_column("door_id", existing_type=sa.String(length=32), nullable=False)
        table.create_unique_constraint(op.f("uq_occasion_uid"), ["uid"])
        table.create_unique_constraint(op.f("uq_occasion_door_id"), ["door_id"])


def people() -> None:
    with op.batch_alter_table("participant") as table:
        table.add_column(sa.Column("dead_address", sa.String(length=254), nullable=True))
    with op.batch_alter_table("attendance") as table:
        table.add_column(sa.Column("minutes", sa.Integer(), nullable=True))
        table.add_column(sa.Column("source", sa.String(length=16), nullable=False, server_default="staff"))
    with op.batch_alter_table("enrolment") as table:
        table.add_column(sa.Column("added_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("starts_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
    op.execute("UPDATE enrolment SET added_at = registered_at")
    with op.batch_alter_table("enrolment") as table:
        table.alter_column("added_at", existing_type=sa.DateTime(timezone=True), nullable=False)


def rules_and_mailings() -> None:
    with op.batch_alter_table("follow_up_rule") as table:
        table.add_column(sa.Column("audience_filter", sa.JSON(), nullable=True))
        table.add_column(sa.Column("late", sa.String(length=16), nullable=False, server_default="from_now"))
        wait = sa.Column("attendance_wait_hours", sa.Integer(), nullable=False, server_default="48")
        table.add_column(wait)
        default = sa.Column(
            "attendance_default", sa.String(length=16), nullable=False, server_default="nobody"
        )
        table.add_column(default)
        table.drop_constraint(op.f("ck_follow_up_rule_anchor_known"), type_="check")
        check(
            table,
            "follow_up_rule",
            "anchor_known",
            "anchor IN ('series_start', 'series_end', 'occasion_start', 'occasion_end', 'registration',"
            " 'person_start', 'person_end')",
        )
        check(table, "follow_up_rule", "late_known", "late IN ('from_now', 'catch_up', 'nothing')")
        known = "attendance_default IN ('nobody', 'everyone')"
        check(table, "follow_up_rule", "attendance_default_known", known)
        check(table, "follow_up_rule", "attendance_wait_positive", "attendance_wait_hours > 0")
    with op.batch_alter_table("mailing") as table:
        table.add_column(sa.Column("intended_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("deferral", sa.String(length=16), nullable=True))
        table.add_column(no("quiet_override"))
        table.add_column(sa.Column("pinned_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("expand_after", sa.Integer(), nullable=True))
        table.add_column(no("recheck"))
        table.drop_constraint(op.f("ck_mailing_state_known"), type_="check")
        known = "state IN ('planned', 'waiting', 'expanding', 'expanded', 'missed', 'cancelled')"
        check(table, "mailing", "state_known", known)
    op.execute("UPDATE mailing SET intended_at = due_at")
    with op.batch_alter_table("mailing") as table:
        table.alter_column("intended_at", existing_type=sa.DateTime(timezone=True), nullable=False)
    where = sa.text("recheck")
    op.create_index("ix_mailing_recheck", "mailing", ["id"], sqlite_where=where, postgresql_where=where)


def messages() -> None:
    with op.batch_alter_table("message") as table:
        for name in ("enrolment_id", "user_id", "occasion_id", "occasion_sequence"):
            table.add_column(sa.Column(name, sa.Integer(), nullable=True))
        table.add_column(sa.Column("params", sa.JSON(), nullable=True))
        table.add_column(sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
        table.add_column(no("quiet_override"))
        table.add_column(sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE message SET enrolment_id ="
        " (SELECT enrolment_id FROM invitation WHERE invitation.id = message.invitation_id)"
    )
    with op.batch_alter_table("message") as table:
        table.alter_column("invitation_id", existing_type=sa.Integer(), nullable=True)
        table.alter_column("mailing_id", existing_type=sa.Integer(), nullable=True)
        for column, other in (
            ("enrolment_id", "enrolment"),
            ("user_id", "app_user"),
            ("occasion_id", "occasion"),
        ):
            table.create_foreign_key(op.f(f"fk_message_{column}_{other}"), other, [column], ["id"])
        for columns in (
            ["enrolment_id", "occasion_id", "kind", "step"],
            ["user_id", "mailing_id", "kind", "step"],
        ):
            table.create_unique_constraint(op.f(f"uq_message_{'_'.join(columns)}"), columns)
        table.create_index(op.f("ix_message_occasion_id"), ["occasion_id"])
        table.create_index("ix_message_enrolment_id_sent_at", ["enrolment_id", "sent_at"])
        table.create_index("ix_message_sent_at", ["sent_at"])
        check(table, "message", "one_receiver", "(enrolment_id IS NULL) <> (user_id IS NULL)")
        check(
            table,
            "message",
            "asking_has_invitation",
            "kind NOT IN ('invitation', 'reminder', 'log_prompt', 'log_reminder')"
            " OR (invitation_id IS NOT NULL AND mailing_id IS NOT NULL)",
        )


def no(name: str) -> "sa.Column[bool]":
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def check(table: BatchOperations, of: str, name: str, rule: str) -> None:
    table.create_check_constraint(op.f(f"ck_{of}_{name}"), sa.text(rule))


def fill_with_random(name: str, *columns: str) -> None:
    table = sa.table(name, sa.column("id"), *map(sa.column, columns))
    connection = op.get_bind()
    for (row,) in connection.execute(sa.select(table.c.id)).fetchall():
        values = {column: token_urlsafe(12) for column in columns}
        connection.execute(sa.update(table).where(table.c.id == row).values(values))


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would lose what was stored since.")
