"""Claims as tests need them, by the same actions as the pages use."""

from datetime import timedelta
from decimal import Decimal
from itertools import count

from fedwork import clock
from fedwork.received import receive
from funding import actions
from funding.models import Claim, ClaimLine, SpendingPurpose
from funding.states import FundSource
from projects.models import ProjectSite
from tests import factories

numbers = count(1)


def new_line(amount=1000, **fields) -> ClaimLine:
    """Not saved."""
    given = {
        "voucher_number": f"NO.{next(numbers):08d}",
        "voucher_on": clock.today() - timedelta(days=3),
        "payee": "示例建材经营部",
        "purpose": SpendingPurpose.objects.first(),
    }
    return ClaimLine(amount=Decimal(amount), **given | fields)


def new_claim(site: ProjectSite, **fields) -> Claim:
    """Not saved."""
    given = {
        "source": FundSource.COUNTY,
        "subject": "妇女之家活动室改造",
        "handler_post": "村妇联副主席",
        "certifier_post": "村务监督委员会主任",
        "approver_post": "村民委员会主任",
    }
    return Claim(site=site, **given | fields)


def written(site: ProjectSite, *amounts, by, lines=None, **fields) -> Claim:
    """A draft with its vouchers (1,000 yuan if nothing is said) and a scan for the whole of it."""
    lines = lines or [new_line(amount) for amount in amounts or [1000]]
    claim = actions.write_claim(new_claim(site, **fields), lines, by=by)
    scan(claim, by=by)
    return claim


def scan(claim: Claim, *, by, line=None):
    colour = tuple(next(numbers) * step % 256 for step in [1, 7, 31])
    received = receive(factories.upload(factories.picture(colour=colour), "发票.jpg"))
    return actions.add_claim_file(claim, by=by, received=received, line=line)


def submitted(site: ProjectSite, *amounts, by, **fields) -> Claim:
    claim = written(site, *amounts, by=by, **fields)
    return actions.submit_claim(claim, by=by, version=claim.version)


def paid(claim: Claim, *, by, **fields) -> Claim:
    return actions.pay_claim(claim, by=by, version=claim.version, **{"paid_on": clock.today()} | fields)
