"""The grouped menu on the left of every page, site and admin alike, by role."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from funding.models import Claim
from organizations.models import Role
from projects.models import MonthlyReport, Rectification, Reminder
from projects.rules import desk_of


def waiting_reports(user) -> int:
    desk = desk_of(user)
    return MonthlyReport.objects.visible_to(user).awaiting(desk).count() if desk else 0


def new_reminders(user) -> int:
    """Of the user's post, still to be done and not yet seen."""
    return Reminder.objects.addressed_to(user).unsettled().unseen_by(user).count()


def rectifications_to_do(user) -> int:
    """To be put right by the user's post, or to be reviewed at the user's desk."""
    return Rectification.objects.to_do(user, desk_of(user)).count()


def claims_to_do(user) -> int:
    """To be changed, checked at the township or paid by the county."""
    return Claim.objects.to_do(user).count()


@dataclass(frozen=True)
class Entry:
    """`hint` is what the admin's first page says below the name; `wide` entries stand behind 更多 on a phone; `count`
    gives the number beside the name."""

    label: str
    url_name: str
    icon: str
    hint: str = ""
    wide: bool = False
    count: Callable[..., int] | None = None


HOME = Entry("工作台", "workbench", "home", "待办事项和截止时间")
REPORTS = Entry("月报", "projects:report_list", "report", "本单位各项目点的月报")
REMINDERS = Entry("提醒", "projects:reminder_list", "bell", "到期、逾期和催办的月报", count=new_reminders)
BOARDS = Entry("报送情况", "projects:completeness", "progress", "各地应报、已报、按时、已审和被退")
PROGRESS = Entry("逐点逐月", "projects:progress", "matrix", "各项目点每月报送和进度", wide=True)
ROLLUP = Entry("月报汇总", "projects:rollup", "rollup", "按县和创建类型汇总一个月的月报", wide=True)
STUCK = Entry("卡在哪里", "projects:stuck_list", "stuck", "逾期未办结的月报现在在谁手里", wide=True)
RECTIFICATIONS = Entry(
    "整改事项", "projects:rectification_list", "rectify", "交办、整改、延期和复核销号", count=rectifications_to_do
)
MEETINGS = Entry("督查会议", "projects:meeting_list", "meeting", "督查汇报会的计划、材料、纪要和通报", wide=True)
RECORDS = Entry("工作记录", "projects:record_list", "records", "活动和宣传报道，月报的数字由此计出")
ALL_RECORDS = Entry("工作记录", "projects:record_list", "records", "各项目点的活动、宣传报道和调研指导", wide=True)
VISITS = Entry("调研指导", "projects:visit_matrix", "visit", "各项目点每月到点：应访、已访和缺", wide=True)
SITES = Entry("项目点", "projects:site_list", "site", "项目点的进度、月报和资金")
FUNDS = Entry("资金到位", "funding:board", "wallet", "配套资金承诺、到位、缺口和支出", wide=True)
TABLES = Entry("资金分配表", "funding:table_list", "money", "已下达的分配表", wide=True)
CLAIMS = Entry("报账", "funding:claim_list", "claim", "报账单：填写、乡镇审核、县级支付", wide=True, count=claims_to_do)
ORGANIZATIONS = Entry("组织", "organizations:organization_list", "organization", "按层级查看和查找组织", wide=True)

QUEUE = Entry(
    "月报审核", "admin:projects_monthlyreport_changelist", "review", "等待审核的月报，最早的在前", count=waiting_reports
)
ALL_REPORTS = Entry("月报审核", "admin:projects_monthlyreport_changelist", "report", "各项目点的月报和审核记录")
DESK_SITES = Entry("项目点", "admin:projects_projectsite_changelist", "site", "录入、导入和批准项目点", wide=True)
DESK_PROGRAMMES = Entry(
    "年度批次", "admin:projects_programme_changelist", "programme", "类型、名额、阶段和报送要求", wide=True
)
DESK_TABLES = Entry(
    "资金分配表", "admin:funding_allocationtable_changelist", "money", "编制、下达和导出分配表", wide=True
)
PLEDGES = Entry("配套承诺", "admin:funding_commitment_list", "pledge", "各项目点承诺的配套资金", wide=True)
DESK_ORGANIZATIONS = Entry(
    "组织", "admin:organizations_organization_changelist", "organization", "维护区划和基地、车间等单位", wide=True
)
CALENDAR = Entry(
    "工作日历", "admin:organizations_calendarexception_changelist", "calendar", "节假日和调休的补充", wide=True
)
CLOSES = Entry("月结", "admin:projects_monthclose_changelist", "close", "各月报送情况和月结", wide=True)
KINDS = Entry("组织类型", "admin:organizations_organizationkind_changelist", "kind", "村、社区、基地等类型", wide=True)
ACCOUNTS = Entry("账号", "admin:organizations_user_changelist", "people", "开通、停用账号，重设密码", wide=True)
AUDIT_LOG = Entry("操作记录", "admin:organizations_auditevent_changelist", "log", "谁在什么时候做了什么", wide=True)

# On a phone five entries stand side by side; the others of a role are `wide`.
MENUS = {
    Role.CADRE: [
        ("填报", [HOME, REPORTS, RECORDS, RECTIFICATIONS, REMINDERS, CLAIMS]),
        ("查看", [replace(SITES, wide=True), VISITS, FUNDS, TABLES, ORGANIZATIONS]),
    ],
    Role.COUNTY_REVIEWER: [
        ("审核", [HOME, QUEUE, RECTIFICATIONS, REMINDERS, CLAIMS, BOARDS, PROGRESS, ROLLUP, STUCK, MEETINGS]),
        ("查看", [replace(SITES, wide=True), VISITS, ALL_RECORDS, FUNDS, TABLES, ORGANIZATIONS]),
    ],
    Role.CITY_STAFF: [
        ("审核", [HOME, QUEUE, RECTIFICATIONS, REMINDERS, BOARDS, PROGRESS, ROLLUP, STUCK, MEETINGS, CLOSES]),
        ("项目", [DESK_SITES, VISITS, ALL_RECORDS, DESK_PROGRAMMES, CALENDAR]),
        ("资金", [FUNDS, PLEDGES, DESK_TABLES, CLAIMS]),
        ("单位和人员", [DESK_ORGANIZATIONS, ACCOUNTS, AUDIT_LOG]),
    ],
    Role.LEADER: [
        (
            "查看",
            [
                HOME,
                BOARDS,
                PROGRESS,
                ROLLUP,
                STUCK,
                RECTIFICATIONS,
                MEETINGS,
                SITES,
                VISITS,
                ALL_RECORDS,
                FUNDS,
                TABLES,
                CLAIMS,
                ORGANIZATIONS,
            ],
        )
    ],
    Role.AUDITOR: [
        (
            "查看",
            [
                HOME,
                BOARDS,
                PROGRESS,
                ROLLUP,
                STUCK,
                RECTIFICATIONS,
                MEETINGS,
                ALL_REPORTS,
                CLOSES,
                SITES,
                VISITS,
                ALL_RECORDS,
                FUNDS,
                TABLES,
                CLAIMS,
                ORGANIZATIONS,
            ],
        ),
        ("审计", [AUDIT_LOG, ACCOUNTS]),
    ],
    Role.SYSTEM_ADMIN: [("单位和人员", [HOME, ACCOUNTS, DESK_ORGANIZATIONS, KINDS, CALENDAR])],
}


def menu(request) -> dict:
    """Lazy, because error pages must not ask the database who is there."""
    return {"menu": SimpleLazyObject(lambda: build_menu(request))}


def build_menu(request) -> list[dict]:
    """Groups {label, items: [{label, url, icon, hint, wide, count, current}]} of the user's role."""
    if not request.user.is_authenticated:
        return []
    groups = [
        {"label": label, "items": [_item(entry, request.user) for entry in entries]}
        for label, entries in MENUS[request.user.role]
    ]
    _mark_current([item for group in groups for item in group["items"]], request.path)
    return groups


def _item(entry: Entry, user) -> dict:
    return {
        "label": entry.label,
        "url": reverse(entry.url_name),
        "icon": f"includes/icons/{entry.icon}.svg",
        "hint": entry.hint,
        "wide": entry.wide,
        "count": entry.count(user) if entry.count else 0,
        "current": False,
    }


def _mark_current(items: list[dict], path: str) -> None:
    """The entry with the longest address that the page lies under; the workbench only for itself."""
    above = [item for item in items if path == item["url"] or (item["url"] != "/" and path.startswith(item["url"]))]
    if above:
        max(above, key=lambda item: len(item["url"]))["current"] = True
