"""indicators with versions, readings, entries and grounds; organisations in levels, with other spellings

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# What was decided and what was read is never written over; a reading is not taken away either.
UNCHANGED = (
    ("indicator_version", "UPDATE"),
    ("indicator_reading", "UPDATE"),
    ("indicator_reading", "DELETE"),
)


def upgrade() -> None:
    indicator()
    version()
    reading()
    beside()
    organisations()
    for table, event in UNCHANGED:
        forbid(table, event)


def indicator() -> None:
    op.create_table(
        "indicator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("whole_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("generated_note", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('head_count', 'attendances', 'outcomes', 'share', 'mean', 'pairs', 'products',"
            " 'yes_no', 'outside')",
            name=op.f("ck_indicator_kind_known"),
        ),
        sa.CheckConstraint("whole_id IS NULL OR whole_id <> id", name=op.f("ck_indicator_not_its_own_part")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_indicator_project_id_project")),
        sa.ForeignKeyConstraint(["whole_id"], ["indicator.id"], name=op.f("fk_indicator_whole_id_indicator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator")),
        sa.UniqueConstraint("project_id", "code", name=op.f("uq_indicator_project_id_code")),
    )
    op.create_index(op.f("ix_indicator_whole_id"), "indicator", ["whole_id"])


def version() -> None:
    op.create_table(
        "indicator_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.String(length=200), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_indicator_version_counted_from_one")),
        sa.CheckConstraint(
            "number = 1 OR (reason <> '' AND approved_by <> '')",
            name=op.f("ck_indicator_version_revision_explained"),
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicator.id"], name=op.f("fk_indicator_version_indicator_id_indicator")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_indicator_version_user_id_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_version")),
        sa.UniqueConstraint("indicator_id", "number", name=op.f("uq_indicator_version_indicator_id_number")),
    )
    op.create_index(op.f("ix_indicator_version_user_id"), "indicator_version", ["user_id"])


def reading() -> None:
    op.create_table(
        "indicator_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=True),
        sa.Column("numerator", sa.Integer(), nullable=True),
        sa.Column("denominator", sa.Integer(), nullable=True),
        sa.Column("base", sa.String(length=32), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("lacking", sa.String(length=32), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "origin IN ('due', 'asked', 'typed')", name=op.f("ck_indicator_reading_origin_known")
        ),
        sa.CheckConstraint(
            "(value IS NULL) = (lacking <> '')", name=op.f("ck_indicator_reading_figure_or_reason")
        ),
        sa.CheckConstraint(
            "origin <> 'typed' OR source <> ''", name=op.f("ck_indicator_reading_typed_has_source")
        ),
        sa.CheckConstraint(
            "(numerator IS NULL) = (denominator IS NULL)", name=op.f("ck_indicator_reading_counts_whole")
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicator.id"], name=op.f("fk_indicator_reading_indicator_id_indicator")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["indicator_version.id"],
            name=op.f("fk_indicator_reading_version_id_indicator_version"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_indicator_reading_user_id_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_reading")),
    )
    op.create_index(op.f("ix_indicator_reading_version_id"), "indicator_reading", ["version_id"])
    op.create_index(op.f("ix_indicator_reading_user_id"), "indicator_reading", ["user_id"])
    op.create_index(
        "ix_indicator_reading_indicator_id_on_date", "indicator_reading", ["indicator_id", "on_date"]
    )
    due = sa.text("origin = 'due'")
    op.create_index(
        "uq_indicator_reading_due",
        "indicator_reading",
        ["version_id"],
        unique=True,
        sqlite_where=due,
        postgresql_where=due,
    )


def beside() -> None:
    """Products, and qualitative grounds."""
    op.create_table(
        "indicator_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_indicator_entry_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicator.id"], name=op.f("fk_indicator_entry_indicator_id_indicator")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_indicator_entry_user_id_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_entry")),
    )
    op.create_index(op.f("ix_indicator_entry_indicator_id"), "indicator_entry", ["indicator_id"])
    op.create_index(op.f("ix_indicator_entry_user_id"), "indicator_entry", ["user_id"])
    op.create_table(
        "indicator_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicator.id"], name=op.f("fk_indicator_note_indicator_id_indicator")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_indicator_note_user_id_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_note")),
    )
    op.create_index(op.f("ix_indicator_note_indicator_id"), "indicator_note", ["indicator_id"])
    op.create_index(op.f("ix_indicator_note_user_id"), "indicator_note", ["user_id"])


def organisations() -> None:
    with op.batch_alter_table("organisation") as table:
        for name in ("parent_id", "merged_into_id"):
            table.add_column(sa.Column(name, sa.Integer(), nullable=True))
            table.create_foreign_key(
                op.f(f"fk_organisation_{name}_organisation"), "organisation", [name], ["id"]
            )
            table.create_index(op.f(f"ix_organisation_{name}"), [name])
        for name, rule in (
            ("not_above_itself", "parent_id IS NULL OR parent_id <> id"),
            ("not_into_itself", "merged_into_id IS NULL OR merged_into_id <> id"),
        ):
            table.create_check_constraint(op.f(f"ck_organisation_{name}"), sa.text(rule))
    op.create_table(
        "organisation_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_organisation_name_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_name_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_name")),
        sa.UniqueConstraint("project_id", "key", name=op.f("uq_organisation_name_project_id_key")),
    )
    op.create_index(op.f("ix_organisation_name_organisation_id"), "organisation_name", ["organisation_id"])


def forbid(table: str, event: str) -> None:
    name, said = f"{table}_no_{event.lower()}", f"{table} is never changed"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{said}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
        f" AS $$ BEGIN RAISE EXCEPTION '{said}'; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would lose what was stored since.")
