from organizations.actions.tree import (
    add_organization,
    classify_organization,
    close_organization,
    lock_tree,
    move_organization,
    next_unit_code,
    rename_organization,
    reopen_organization,
)

__all__ = [
    "add_organization",
    "classify_organization",
    "close_organization",
    "lock_tree",
    "move_organization",
    "next_unit_code",
    "rename_organization",
    "reopen_organization",
]
