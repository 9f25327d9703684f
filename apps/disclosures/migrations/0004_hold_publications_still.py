"""Triggers that hold snapshots and their files still, as the states of review and publication need it."""

from importlib import import_module

from django.db import migrations

before = import_module("apps.disclosures.migrations.0002_hold_snapshots_still")

SNAPSHOTS, FILES = "disclosures_snapshot", "disclosures_publishedfile"
WRITTEN = ("document", "sha256", "signed_sha256", "predecessor_id", "published_at")
FROZEN = ("number", "uuid", "assessment_id", "organisation_id", "created_at")
DOCUMENT = "A snapshot is written once; freeze a new one."
STATUS = "A published snapshot can only be superseded or withdrawn, and nothing published goes back."
DELETION = "A published snapshot cannot be deleted; withdraw it first."
FILE = "A published file is written once."
MOVES = (
    "draft>in_review",
    "in_review>changes_requested",
    "in_review>approved",
    "in_review>draft",
    "changes_requested>in_review",
    "changes_requested>draft",
    "approved>published",
    "approved>draft",
    "published>superseded",
    "published>withdrawn",
    "superseded>withdrawn",
)
ALLOWED = ", ".join(f"'{move}'" for move in MOVES)
PUBLISHES = "OLD.status = 'approved' AND NEW.status = 'published'"
MOVED = f"OLD.status <> NEW.status AND (OLD.status || '>' || NEW.status) NOT IN ({ALLOWED})"
STANDS = "('published', 'superseded')"


def changed(names, word):
    return " OR ".join(f"OLD.{name} {word} NEW.{name}" for name in names)


SQLITE = [
    f"""
CREATE TRIGGER snapshot_written_once BEFORE UPDATE ON {SNAPSHOTS}
WHEN {changed(FROZEN, "IS NOT")} OR (({changed(WRITTEN, "IS NOT")}) AND NOT ({PUBLISHES}))
BEGIN SELECT RAISE(ABORT, '{DOCUMENT}'); END
""",
    f"""
CREATE TRIGGER snapshot_moves_forward BEFORE UPDATE ON {SNAPSHOTS}
WHEN {MOVED}
BEGIN SELECT RAISE(ABORT, '{STATUS}'); END
""",
    f"""
CREATE TRIGGER snapshot_stays BEFORE DELETE ON {SNAPSHOTS}
WHEN OLD.status IN {STANDS}
BEGIN SELECT RAISE(ABORT, '{DELETION}'); END
""",
    f"""
CREATE TRIGGER published_file_written_once BEFORE UPDATE ON {FILES}
BEGIN SELECT RAISE(ABORT, '{FILE}'); END
""",
    f"""
CREATE TRIGGER published_file_stays BEFORE DELETE ON {FILES}
WHEN (SELECT status FROM {SNAPSHOTS} WHERE id = OLD.snapshot_id) IN {STANDS}
BEGIN SELECT RAISE(ABORT, '{FILE}'); END
""",
]
SQLITE_NAMES = (
    "snapshot_written_once",
    "snapshot_moves_forward",
    "snapshot_stays",
    "published_file_written_once",
    "published_file_stays",
)
RAISES = "USING ERRCODE = 'integrity_constraint_violation'"
POSTGRESQL = [
    f"""
CREATE OR REPLACE FUNCTION snapshot_held_still() RETURNS trigger AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.status IN {STANDS} THEN RAISE EXCEPTION '{DELETION}' {RAISES}; END IF;
    RETURN OLD;
  END IF;
  IF {changed(FROZEN, "IS DISTINCT FROM")}
     OR (({changed(WRITTEN, "IS DISTINCT FROM")}) AND NOT ({PUBLISHES})) THEN
    RAISE EXCEPTION '{DOCUMENT}' {RAISES};
  END IF;
  IF {MOVED} THEN RAISE EXCEPTION '{STATUS}' {RAISES}; END IF;
  RETURN NEW;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER snapshot_held_still BEFORE UPDATE OR DELETE ON {SNAPSHOTS}
FOR EACH ROW EXECUTE FUNCTION snapshot_held_still();
CREATE OR REPLACE FUNCTION published_file_held_still() RETURNS trigger AS $$
BEGIN
  IF TG_OP = 'DELETE' AND COALESCE((SELECT status FROM {SNAPSHOTS} WHERE id = OLD.snapshot_id), '') NOT IN {STANDS} THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '{FILE}' {RAISES};
END $$ LANGUAGE plpgsql;
CREATE TRIGGER published_file_held_still BEFORE UPDATE OR DELETE ON {FILES}
FOR EACH ROW EXECUTE FUNCTION published_file_held_still();
"""
]
POSTGRESQL_NAMES = (("snapshot_held_still", SNAPSHOTS), ("published_file_held_still", FILES))


def loosen(apps, schema_editor):
    """Take the triggers away."""
    if schema_editor.connection.vendor == "sqlite":
        statements = [f"DROP TRIGGER {name}" for name in SQLITE_NAMES]
    else:
        statements = [
            f"DROP TRIGGER {name} ON {table}" for name, table in POSTGRESQL_NAMES
        ] + [f"DROP FUNCTION {name}" for name, _ in POSTGRESQL_NAMES]
    for statement in statements:
        schema_editor.execute(statement, params=None)


def hold(apps, schema_editor):
    before.run(schema_editor, SQLITE, POSTGRESQL)


class Migration(migrations.Migration):
    dependencies = [("disclosures", "0003_review_and_publication")]
    operations = [migrations.RunPython(hold, loosen)]
