"""Triggers that hold snapshots still, whoever writes to the database."""

from django.db import migrations

TABLE = "disclosures_snapshot"
FROZEN = ("document", "sha256", "number", "uuid", "assessment_id", "organisation_id", "created_at")
DOCUMENT = "A snapshot is written once; freeze a new one."
STATUS = "A published snapshot can only be withdrawn."
DELETION = "A published snapshot cannot be deleted; withdraw it first."

SQLITE = [
    f"""
CREATE TRIGGER snapshot_written_once BEFORE UPDATE ON {TABLE}
WHEN {" OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in FROZEN)}
BEGIN SELECT RAISE(ABORT, '{DOCUMENT}'); END
""",
    f"""
CREATE TRIGGER snapshot_moves_forward BEFORE UPDATE ON {TABLE}
WHEN (OLD.status = 'published' AND NEW.status = 'draft')
  OR (OLD.status = 'withdrawn' AND NEW.status <> 'withdrawn')
  OR (OLD.published_at IS NOT NULL AND OLD.published_at IS NOT NEW.published_at)
BEGIN SELECT RAISE(ABORT, '{STATUS}'); END
""",
    f"""
CREATE TRIGGER snapshot_stays BEFORE DELETE ON {TABLE}
WHEN OLD.status = 'published'
BEGIN SELECT RAISE(ABORT, '{DELETION}'); END
""",
]
POSTGRESQL = [
    f"""
CREATE FUNCTION snapshot_held_still() RETURNS trigger AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.status = 'published' THEN
      RAISE EXCEPTION '{DELETION}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
  END IF;
  IF {" OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in FROZEN)} THEN
    RAISE EXCEPTION '{DOCUMENT}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (OLD.status = 'published' AND NEW.status = 'draft')
     OR (OLD.status = 'withdrawn' AND NEW.status <> 'withdrawn')
     OR (OLD.published_at IS NOT NULL AND OLD.published_at IS DISTINCT FROM NEW.published_at) THEN
    RAISE EXCEPTION '{STATUS}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER snapshot_held_still BEFORE UPDATE OR DELETE ON {TABLE}
FOR EACH ROW EXECUTE FUNCTION snapshot_held_still();
"""
]
SQLITE_BACK = [
    f"DROP TRIGGER {name}"
    for name in ("snapshot_written_once", "snapshot_moves_forward", "snapshot_stays")
]
POSTGRESQL_BACK = [f"DROP TRIGGER snapshot_held_still ON {TABLE}", "DROP FUNCTION snapshot_held_still()"]


def run(schema_editor, sqlite, postgresql):
    statements = sqlite if schema_editor.connection.vendor == "sqlite" else postgresql
    for statement in statements:
        schema_editor.execute(statement, params=None)


def forwards(apps, schema_editor):
    run(schema_editor, SQLITE, POSTGRESQL)


def backwards(apps, schema_editor):
    run(schema_editor, SQLITE_BACK, POSTGRESQL_BACK)


class Migration(migrations.Migration):
    dependencies = [("disclosures", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
