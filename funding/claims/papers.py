"""项目资金报账单 as it prints and is signed, and the county's register of claims; for page and Excel."""

from datetime import date, datetime

from django.utils import timezone

from fedwork.capitals import capitals
from fedwork.excel import EPOCH, Block, Box, Kind, Paper, head
from funding.claims.reading import ClaimView
from funding.models import Claim

WIDTHS = (6, 24, 12, 26, 11, 14)
MONEY = "#,##0.00"
NOTES = [
    "说明：1. 经手人、证明人、审批人分别签字；原始发票附后，由县级核算单位保管。",
    "2. 村级支出按“四议两公开”办理的，附会议记录和公示照片。",
]
# Heading and width in characters.
REGISTER = [
    ("序号", 5),
    ("报账单号", 14),
    ("县（市、区）", 11),
    ("项目点", 19),
    ("资金来源", 11),
    ("事由", 24),
    ("凭证张数", 6),
    ("金额（元）", 13),
    ("支付方式", 9),
    ("提交日期", 11),
    ("乡镇审核", 11),
    ("支付日期", 11),
    ("支付单号", 13),
    ("状态", 12),
]
SIGNATURE = ["单位负责人（签字）：", "审核人：", "填表人：", "填报日期：　　年　　月　　日"]


def claim_paper(view: ClaimView) -> Paper:
    claim, site = view.claim, view.claim.site
    day = timezone.localtime(claim.submitted_at or claim.created_at)
    return Paper(
        tab="报账单",
        title="项目资金报账单",
        widths=WIDTHS,
        above=[
            [
                f"报账单位：{site.village_name}（盖章）",
                f"{day.year}年{day.month}月{day.day}日",
                f"编号：{claim.number}",
            ],
            [f"项目点：{site.name}", f"资金来源：{claim.get_source_display()}", "单位：元"],
        ],
        blocks=[_vouchers(view), _signatures(claim), _decisions(claim)],
        notes=NOTES,
        made_at=claim.submitted_at or EPOCH,
    )


def _vouchers(view: ClaimView) -> Block:
    claim = view.claim
    rows = [[head(word) for word in ["序号", "发票（凭证）号", "开票日期", "收款人", "用途", "金额"]]]
    for number, line in enumerate(view.lines, 1):
        rows.append(
            [
                Box(str(number), Kind.CENTRE),
                Box(line.voucher_number),
                _day(line.voucher_on),
                Box(line.payee),
                Box(str(line.purpose), Kind.CENTRE),
                Box(line.amount, Kind.NUMBER, name=f"amount{number}", number_format=MONEY),
            ]
        )
    formula = f"SUM({{amount1}}:{{amount{len(view.lines)}}})" if view.lines else ""
    total = Box(view.total, Kind.NUMBER, name="total", formula=formula, number_format=MONEY, is_bold=True)
    rows += [
        [Box(f"合计（附单据 {len(view.lines)} 张）", Kind.CENTRE, across=5, is_bold=True), total],
        [_label("大写金额"), Box(f"人民币{view.total_in_words}", across=4, is_bold=True)],
        [_label("事由"), Box(claim.subject, across=4)],
        [_label("支付方式"), Box(_methods(claim), across=4)],
    ]
    return Block(rows)


def _label(words: str) -> Box:
    return Box(words, Kind.CENTRE, across=2, is_bold=True)


def _methods(claim: Claim) -> str:
    """All of them, the chosen one ticked."""
    return "　　".join(
        f"{'☑' if value == claim.method else '□'}{label}" for value, label in Claim._meta.get_field("method").choices
    )


def _signatures(claim: Claim) -> Block:
    people = [("经手人", claim.handler_post), ("证明人", claim.certifier_post), ("审批人", claim.approver_post)]
    rows = [[head("签字人", across=2), head("职务", across=2), head("签字、日期", across=2)]]
    rows += [
        [Box(who, Kind.CENTRE, across=2), Box(post, Kind.CENTRE, across=2), Box("", across=2, lines=2)]
        for who, post in people
    ]
    return Block(rows, caption="签字")


def _decisions(claim: Claim) -> Block:
    """The boxes in which the township and the county sign; what the system knows of them stands there already."""
    township = "同意，报县级审核" if claim.checked_at else ""
    county = f"同意支付　支付单号：{claim.payment_number}" if claim.paid_on else ""
    rows = [
        [head("乡镇（街道）审核意见", across=3), head("县级审核支付意见", across=3)],
        [
            Box(_opinion(township, claim.checked_at and timezone.localdate(claim.checked_at)), across=3, lines=6),
            Box(_opinion(county, claim.paid_on), across=3, lines=6),
        ],
    ]
    return Block(rows, caption="审核")


def _opinion(words: str, day: date | None) -> str:
    dated = f"{day.year}年{day.month}月{day.day}日" if day else "　　年　　月　　日"
    return f"{words}\n\n签字：　　　　　　　（盖章）\n{dated}"


def register_paper(claims: list[Claim], *, place: str, scope: str, now: datetime) -> Paper:
    """报账登记簿; needs `with_total`, `site` and `checked_at`."""
    moment = timezone.localtime(now)
    until = f"数据截至 {moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}"
    rows = [_register_row(number, claim) for number, claim in enumerate(claims, 1)]
    total = sum((claim.total or 0 for claim in claims), 0)
    formula = f"SUM({{amount1}}:{{amount{len(claims)}}})" if claims else ""
    sums = [
        Box("合计", Kind.CENTRE, across=7, is_bold=True),
        Box(total, Kind.NUMBER, formula=formula, number_format=MONEY, is_bold=True),
        Box(capitals(total) if claims else "", across=6),
    ]
    return Paper(
        tab="报账登记簿",
        title="项目资金报账登记簿",
        widths=[width for _, width in REGISTER],
        above=[[f"填报单位：{place}妇联（盖章）", scope, until]],
        blocks=[Block([[head(word) for word, _ in REGISTER], *rows, sums])],
        signature=[SIGNATURE],
        landscape=True,
        repeats=True,
        made_at=now,
    )


def _register_row(number: int, claim: Claim) -> list[Box]:
    return [
        Box(str(number), Kind.CENTRE),
        Box(claim.number, Kind.CENTRE),
        Box(claim.site.county_name),
        Box(claim.site.name),
        Box(claim.get_source_display(), Kind.CENTRE),
        Box(claim.subject),
        Box(str(claim.vouchers or 0), Kind.CENTRE),
        Box(claim.total or 0, Kind.NUMBER, name=f"amount{number}", number_format=MONEY),
        Box(claim.get_method_display(), Kind.CENTRE),
        _day(claim.submitted_at and timezone.localdate(claim.submitted_at)),
        _day(claim.checked_at and timezone.localdate(claim.checked_at)),
        _day(claim.paid_on),
        Box(claim.payment_number),
        Box(claim.get_state_display(), Kind.CENTRE),
    ]


def _day(day: date | None) -> Box:
    return Box(f"{day:%Y-%m-%d}" if day else "", Kind.CENTRE)
