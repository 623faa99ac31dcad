"""What has changed of a tree, as a JSON merge patch (RFC 7396)."""

from typing import Any

Tree = dict[str, Any]


def difference(before: Tree, after: Tree) -> Tree:
    """The patch that makes `after` of `before`: empty when they are the same.

    Objects are merged, everything else is replaced whole; None deletes, so a place that holds None is as one that is
    not there.
    """
    patch: Tree = {key: None for key, value in before.items() if value is not None and after.get(key) is None}
    for key, value in after.items():
        if value is None:
            continue
        old = before.get(key)
        if isinstance(value, dict) and isinstance(old, dict):
            inner = difference(old, value)
            if inner:
                patch[key] = inner
        elif type(old) is not type(value) or old != value:
            patch[key] = value
    return patch


def patched(tree: Tree, patch: Tree) -> Tree:
    """The tree that a patch makes of another, as a page has it."""
    merged = dict(tree)
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict):
            old = merged.get(key)
            merged[key] = patched(old if isinstance(old, dict) else {}, value)
        else:
            merged[key] = value
    return merged
