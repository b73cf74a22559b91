"""Many people at once, each on a connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections

PEOPLE = 8


def at_once(act: Callable[[int], object], *, people: int = PEOPLE) -> list:
    """Call `act(number)` in `people` threads that start together; results in order. An exception is a result, too."""
    start = Barrier(people)

    def run(number: int):
        try:
            start.wait(timeout=20)
            return act(number)
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(run, range(people)))
