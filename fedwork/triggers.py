"""Triggers that keep what must not change, whoever writes: the application, the admin or a database console."""

import pgtrigger


def no_truncate(name: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;",
    )


def append_only(name: str) -> list[pgtrigger.Trigger]:
    """Rows are added; none is changed or removed. The triggers are called `<name>_append_only`, `<name>_no_truncate`."""
    changes = pgtrigger.Update | pgtrigger.Delete
    return [pgtrigger.Protect(name=f"{name}_append_only", operation=changes), no_truncate(f"{name}_no_truncate")]


def reversal_matches(name: str, *, table: str, columns: list[str]) -> pgtrigger.Trigger:
    """A row whose `reverses` names another has these columns as that one has them, and that one is no reversal."""
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ["reversed", "NEW"])
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Q(new__reverses__isnull=False),
        declare=[("reversed", f"{table}%ROWTYPE")],
        func=f"""
                    SELECT * INTO reversed FROM {table} WHERE id = NEW.reverses_id;
                    IF reversed.reverses_id IS NOT NULL THEN
                        RAISE EXCEPTION 'pgtrigger: a reversal cannot be reversed';
                    END IF;
                    IF ({old})
                       IS DISTINCT FROM ({new}) THEN
                        RAISE EXCEPTION 'pgtrigger: a reversal has the amount and account of what it reverses';
                    END IF;
                    RETURN NEW;
                """,
    )


def frozen_with(name: str, *, owner: str, column: str, status: str, words: str) -> pgtrigger.Trigger:
    """Rows of a document neither come nor change nor go once the document (`owner`, by `column`) has the status."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("owner", "bigint")],
        func=f"""
                    owner := CASE WHEN TG_OP = 'DELETE' THEN OLD.{column} ELSE NEW.{column} END;
                    IF EXISTS (SELECT 1 FROM {owner} WHERE id = owner AND status = '{status}')
                       OR (TG_OP = 'UPDATE' AND EXISTS (
                           SELECT 1 FROM {owner} WHERE id = OLD.{column} AND status = '{status}'))
                    THEN
                        RAISE EXCEPTION 'pgtrigger: {words} cannot change';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
    )


def kept(name: str, *, fields: list[str]) -> list[pgtrigger.Trigger]:
    """Rows stay, and of them these fields; what else there is may be written later."""
    return [
        pgtrigger.ReadOnly(name=f"{name}_fields_kept", fields=fields),
        pgtrigger.Protect(name=f"{name}_no_delete", operation=pgtrigger.Delete),
        no_truncate(f"{name}_no_truncate"),
    ]


def steps_only(name: str, *, field: str, transitions: list[tuple[str, str]]) -> pgtrigger.Trigger:
    """A state changes only as `transitions` (from, to) say."""
    return pgtrigger.FSM(name=name, field=field, transitions=[(str(old), str(new)) for old, new in transitions])


def fixed_once(name: str, *, fields: list[str], status: str) -> pgtrigger.Trigger:
    """These fields don't change any more once the row's `status` is this one."""
    columns = " OR ".join(f"OLD.{field}_id IS DISTINCT FROM NEW.{field}_id" for field in fields)
    return pgtrigger.Protect(
        name=name, operation=pgtrigger.Update, condition=pgtrigger.Condition(f"OLD.status = '{status}' AND ({columns})")
    )


def goes_only(name: str, *, when: str, words: str) -> pgtrigger.Trigger:
    """A row is deleted only when the SQL condition `when` on OLD holds."""
    func = f"IF {when} THEN RETURN OLD; END IF; RAISE EXCEPTION 'pgtrigger: {words}';"
    return pgtrigger.Trigger(name=name, when=pgtrigger.Before, operation=pgtrigger.Delete, func=func)
