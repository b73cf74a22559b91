"""Thousands of random ways through the books: ledger = board = exported sheets to the cent, after every step."""

import os

import pytest

from tests.funding.conftest import *  # noqa: F403
from tests.funding.test_ledger_machine import run_books

pytestmark = pytest.mark.django_db
RUNS = int(os.environ.get("LEDGER_RUNS", "2000"))


def test_thousands_of_ways_through_the_books(issued, sites, city_staff):
    run_books(sites, city_staff, runs=RUNS)
