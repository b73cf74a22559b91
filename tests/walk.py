"""Every URL of the site, with its name and a path that leads to it."""

import re
from collections.abc import Callable, Iterator

from django.urls import URLResolver, get_resolver

ROUTE_ARGUMENT = re.compile(r"(?<!\?P)<(?:\w+:)?(\w+)>")
REGEX_ARGUMENT = re.compile(r"\(\?P<(\w+)>[^)]*\)")


def all_urls(value_of: Callable[[str, str], object]) -> Iterator[tuple[str, str]]:
    """(name with namespace, path). `value_of(name, argument)` fills in the arguments. Nameless ones are Django's
    catch-alls in the admin, which only lead on; they are called by their pattern."""
    for name, pattern in _patterns(get_resolver()):
        path = pattern
        for argument in [ROUTE_ARGUMENT, REGEX_ARGUMENT]:
            path = argument.sub(lambda match, name=name: str(value_of(name, match[1])), path)
        yield name, "/" + path.replace("^", "").replace("$", "")


def names_with_arguments() -> set[str]:
    return {name for name, pattern in _patterns(get_resolver()) if ROUTE_ARGUMENT.search(pattern)}


def _patterns(resolver: URLResolver, before: str = "", namespace: str = "") -> Iterator[tuple[str, str]]:
    for part in resolver.url_patterns:
        pattern = before + str(part.pattern)
        if isinstance(part, URLResolver):
            yield from _patterns(part, pattern, f"{part.namespace}:" if part.namespace else namespace)
        else:
            yield (f"{namespace}{part.name}" if part.name else f"({pattern})"), pattern
