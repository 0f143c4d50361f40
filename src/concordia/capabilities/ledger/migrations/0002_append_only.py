"""Entries, nodes and notes cannot be changed or removed, also not by a statement outside the product.

On PostgreSQL an installation should besides run under a role that was not granted UPDATE, DELETE and TRUNCATE
on these tables (docs/operating.md): a trigger binds only who cannot drop it.
"""

from django.db import migrations

_TABLES = {
    "ledger_leaf": ("UPDATE", "DELETE"),
    "ledger_node": ("UPDATE", "DELETE"),
    "ledger_checkpoint": ("DELETE",),
    "ledger_cosignature": ("UPDATE", "DELETE"),
    "ledger_opening": ("UPDATE",),
}


def forward(apps, editor):
    """Create the triggers in the words of each database."""
    if editor.connection.vendor == "postgresql":
        editor.execute(
            "CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the register is append-only: %', TG_TABLE_NAME; END $$",
            params=None,  # the percent sign is PL/pgSQL's
        )
    for table, actions in _TABLES.items():
        for action in actions:
            editor.execute(_trigger(editor.connection.vendor, table, action))
    editor.execute(_note_once(editor.connection.vendor))


def _trigger(vendor, table, action):
    name = f"{table}_no_{action.lower()}"
    if vendor == "postgresql":
        return f"CREATE TRIGGER {name} BEFORE {action} ON {table} FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"
    return (
        f"CREATE TRIGGER {name} BEFORE {action} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'the register is append-only: {table}'); END"
    )


def _note_once(vendor):
    """A checkpoint may get its note once; nothing else of it changes."""
    if vendor == "postgresql":
        return (
            "CREATE TRIGGER ledger_checkpoint_note_once BEFORE UPDATE ON ledger_checkpoint FOR EACH ROW "
            "WHEN (length(OLD.note) > 0 OR OLD.root <> NEW.root OR OLD.size <> NEW.size) "
            "EXECUTE FUNCTION ledger_refuse()"
        )
    return (
        "CREATE TRIGGER ledger_checkpoint_note_once BEFORE UPDATE ON ledger_checkpoint "
        "WHEN length(OLD.note) > 0 OR OLD.root <> NEW.root OR OLD.size <> NEW.size "
        "BEGIN SELECT RAISE(ABORT, 'the register is append-only: ledger_checkpoint'); END"
    )


def backward(apps, editor):
    """Remove the triggers; the tables go with the migration before."""
    vendor = editor.connection.vendor
    names = [(table, f"{table}_no_{action.lower()}") for table, actions in _TABLES.items() for action in actions]
    for table, name in [*names, ("ledger_checkpoint", "ledger_checkpoint_note_once")]:
        editor.execute(f"DROP TRIGGER {name} ON {table}" if vendor == "postgresql" else f"DROP TRIGGER {name}")
    if vendor == "postgresql":
        editor.execute("DROP FUNCTION ledger_refuse()")


class Migration(migrations.Migration):
    """Guard the tables of the register."""

    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(forward, backward)]
