"""What a log keeps beside its entries; and a log itself is never removed, renamed or made shorter.

A later migration that makes SQLite rebuild a table loses the triggers on it and has to create them again;
tests/capabilities/ledger/test_append_only.py notices.
"""

from django.db import migrations, models

_CHANGED = "NEW.size < OLD.size OR NEW.origin <> OLD.origin OR NEW.owner_id <> OLD.owner_id"
_POSTGRESQL = (
    "CREATE TRIGGER ledger_log_no_delete BEFORE DELETE ON ledger_log FOR EACH ROW "
    "EXECUTE FUNCTION ledger_refuse()",
    f"CREATE TRIGGER ledger_log_only_grows BEFORE UPDATE ON ledger_log FOR EACH ROW WHEN ({_CHANGED}) "
    "EXECUTE FUNCTION ledger_refuse()",
)
_SQLITE = (
    "CREATE TRIGGER ledger_log_no_delete BEFORE DELETE ON ledger_log "
    "BEGIN SELECT RAISE(ABORT, 'the register is append-only: ledger_log'); END",
    f"CREATE TRIGGER ledger_log_only_grows BEFORE UPDATE ON ledger_log WHEN {_CHANGED} "
    "BEGIN SELECT RAISE(ABORT, 'the register is append-only: ledger_log'); END",
)


def forward(apps, editor):
    """Create the triggers in the words of each database."""
    for statement in _POSTGRESQL if editor.connection.vendor == "postgresql" else _SQLITE:
        editor.execute(statement)


def backward(apps, editor):
    """Remove the triggers."""
    on = " ON ledger_log" if editor.connection.vendor == "postgresql" else ""
    for name in ("ledger_log_no_delete", "ledger_log_only_grows"):
        editor.execute(f"DROP TRIGGER {name}{on}")


class Migration(migrations.Migration):
    """Let logs carry their public keys and the beat of their heads."""

    dependencies = [("ledger", "0002_append_only")]
    operations = [
        migrations.AddField("log", "head_at", models.DateTimeField(null=True)),
        migrations.AddField("log", "vkeys", models.TextField(blank=True)),
        migrations.RunPython(forward, backward),
    ]
