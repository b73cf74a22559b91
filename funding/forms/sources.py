"""The sources of a site's money as a choice, with what there is of each."""

from collections.abc import Callable

from funding.accounts import Account, accounts
from funding.amounts import yuan
from funding.models import LedgerEntry
from funding.states import FundSource
from projects.models import ProjectSite


def source_choices(site: ProjectSite, words: Callable[[Account], str]) -> list[tuple[str, str]]:
    """`words` say of an account what stands behind its name. One query."""
    found = accounts(LedgerEntry.objects.filter(site=site))
    each = [found.get((site.pk, source), Account(source)) for source in FundSource]
    choices = [(account.source.value, f"{account.source.label}（{words(account)}）") for account in each]
    return [("", "请选择"), *choices]


def balance_in_words(account: Account) -> str:
    return f"结余 {yuan(account.balance)} 元"


def movable_in_words(account: Account) -> str:
    return f"可调出 {yuan(account.movable)} 元"
