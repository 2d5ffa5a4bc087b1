"""an index of what people wrote in their own words

Revision ID: 0016
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    place = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "answer_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("place", place, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("stems", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["response.id"],
            name=op.f("fk_answer_text_response_id_response"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_text")),
    )
    op.create_index(op.f("ix_answer_text_response_id"), "answer_text", ["response_id"])
    op.create_index("ix_answer_text_measurement", "answer_text", ["rule_id", "target", "version_id", "code"])
    op.create_table(
        "text_backlog",
        sa.Column("rule_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["follow_up_rule.id"],
            name=op.f("fk_text_backlog_rule_id_follow_up_rule"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("rule_id", name=op.f("pk_text_backlog")),
    )
    # The scheduler writes the index of what is there: it takes long where there is much.
    op.execute(
        "INSERT INTO text_backlog (rule_id) SELECT DISTINCT rule_id FROM response WHERE submitted_at IS NOT NULL"
    )
    if op.get_bind().dialect.name == "postgresql":
        for column in ("stems", "words"):
            vector = sa.text(f"array_to_tsvector(string_to_array({column}, ' '))")
            op.create_index(f"ix_answer_text_{column}", "answer_text", [vector], postgresql_using="gin")
    else:
        for statement in _FTS5:
            op.execute(statement)


# The words stand in answer_text alone; to take one away FTS5 must be told what stood there. Every character
# but a blank is part of a word (``ascii`` leaves the rest of Unicode alone, and "_" is named), and nothing is
# ranked, so no sizes are kept.
_FTS5 = (
    """CREATE VIRTUAL TABLE answer_text_found USING fts5(stems, words, content='answer_text', content_rowid='id',
    tokenize="ascii tokenchars '_'", columnsize=0)""",
    """CREATE TRIGGER answer_text_written AFTER INSERT ON answer_text BEGIN
    INSERT INTO answer_text_found (rowid, stems, words) VALUES (new.id, new.stems, new.words);
    END""",
    """CREATE TRIGGER answer_text_gone AFTER DELETE ON answer_text BEGIN
    INSERT INTO answer_text_found (answer_text_found, rowid, stems, words)
    VALUES ('delete', old.id, old.stems, old.words);
    END""",
)


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would lose what was stored since.")
