"""The grouped menu on the left of every page, site and admin alike, by role."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from funding.models import Claim
from organizations.models import Role
from projects.models import ImplementationPlan, MonthlyReport, Rectification, Reminder, ReplanRequest
from projects.nominations import changes_to_do, to_do
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


def nominations_to_do(user) -> int:
    """Nominations at the user's desk or returned to it, and 变更申请 to be decided."""
    waiting = to_do(user).order_by().values("pk")
    if user.role == Role.CITY_STAFF:
        waiting = waiting.union(changes_to_do(user).order_by().values("pk"), all=True)
    return waiting.count()


def plans_to_do(user) -> int:
    """To be approved at the user's desk, or returned to the user's post."""
    return ImplementationPlan.objects.to_do(user, desk_of(user)).count()


def claims_to_do(user) -> int:
    """To be changed, checked at the township or paid by the county."""
    return Claim.objects.to_do(user).count()


def replans_to_do(user) -> int:
    """日程调整 to be decided."""
    return ReplanRequest.objects.to_do(user).count()


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
WORKLOGS = Entry("工作日志", "projects:worklog_list", "log", "随手写日志，看各单位记得是否连续", wide=True)
TRAININGS = Entry("培训", "projects:training_list", "people", "培训台账、签到表，负责人和书记的覆盖情况", wide=True)
INSPECTIONS = Entry("督查检查", "projects:inspection_list", "review", "建设进度、规范管理、运行质量的检查", wide=True)
SUPPORT = Entry("共建和汇报", "projects:pairing_list", "pledge", "结对共建、实物帮扶、党委政府汇报、知晓率", wide=True)
BULLETINS = Entry("工作简报", "projects:bulletin_list", "report", "按期号编写的简报，Word 印发", wide=True)
FIELDWORK = [WORKLOGS, TRAININGS, INSPECTIONS, SUPPORT, BULLETINS]
VISITS = Entry("调研指导", "projects:visit_matrix", "visit", "各项目点每月到点：应访、已访和缺", wide=True)
NOMINATIONS = Entry(
    "项目申报", "projects:nomination_list", "nomination", "申报、推荐、审核和批复", wide=True, count=nominations_to_do
)
SCHEDULE = Entry(
    "日程进度",
    "projects:schedule_board",
    "schedule",
    "各项目点的阶段、任务和时间图",
    wide=True,
    count=replans_to_do,
)
ARCHIVE = Entry("备查资料", "projects:archive_list", "archive", "各项目点的资料目录和齐全情况", wide=True)
GROUPS = Entry("组织机构", "projects:group_chart", "people", "市、县领导小组和项目点工作组", wide=True)
DUTIES = Entry("责任分解", "projects:duty_list", "kind", "任务、责任岗位、时限和联系岗位", wide=True)
PLANS = Entry(
    "实施方案", "projects:plan_list", "programme", "市、县、项目点的实施方案和审批", wide=True, count=plans_to_do
)
LIGHTS = Entry("红黄绿灯", "projects:light_list", "lights", "各项目点的红黄绿灯、原因和怎样解除", wide=True)
SITES = Entry("项目点", "projects:site_list", "site", "项目点的进度、月报和资金")
FUNDS = Entry("资金到位", "funding:board", "wallet", "配套资金承诺、到位、缺口和支出", wide=True)
TABLES = Entry("资金分配表", "funding:table_list", "money", "已下达的分配表", wide=True)
REGISTER = Entry("资金台账", "funding:register", "log", "全部资金流水，筛选、核对和导出", wide=True)
REALLOCATIONS = Entry("资金调剂", "funding:reallocation_list", "pledge", "项目点之间调剂资金", wide=True)
WORK_FUNDS = Entry(
    "工作经费", "funding:workfund_board", "pledge", "县、乡镇、村工作经费：应落实、列入预算、到位", wide=True
)
EVALUATIONS = Entry("绩效自评", "funding:evaluation_list", "review", "项目支出绩效自评表：填写、确认、下载", wide=True)
CLAIMS = Entry("报账", "funding:claim_list", "claim", "报账单：填写、乡镇审核、县级支付", wide=True, count=claims_to_do)
SCORES = Entry("考核评分", "assessments:board", "score", "自评、县评、市评和省验，评分细则", wide=True)
RESULTS = Entry("验收结果", "assessments:result_list", "accept", "验收、名次、公示和年度考核", wide=True)
LOSSES = Entry("失分分析", "assessments:loss_analysis", "losses", "哪些考核内容、哪些县失分多", wide=True)
ORGANIZATIONS = Entry("组织", "organizations:organization_list", "organization", "按层级查看和查找组织", wide=True)

QUEUE = Entry(
    "月报审核", "admin:projects_monthlyreport_changelist", "review", "等待审核的月报，最早的在前", count=waiting_reports
)
ALL_REPORTS = Entry("月报审核", "admin:projects_monthlyreport_changelist", "report", "各项目点的月报和审核记录")
DESK_SITES = Entry("项目点", "admin:projects_projectsite_changelist", "site", "录入、导入和批准项目点", wide=True)
DESK_PROGRAMMES = Entry(
    "年度批次", "admin:projects_programme_changelist", "programme", "类型、名额、阶段和报送要求", wide=True
)
DESK_STANDARDS = Entry(
    "创建标准", "admin:projects_creationstandard_changelist", "log", "各创建类型的标准，编写和发布", wide=True
)
INDICATORS = Entry(
    "绩效指标", "admin:funding_evaluatedprogramme_changelist", "lights", "各批次自评的指标、分值和取数", wide=True
)
FUND_STANDARDS = Entry(
    "工作经费标准", "admin:funding_workfundstandard_changelist", "kind", "各级每年多少、依据什么文件", wide=True
)
DESK_TABLES = Entry(
    "资金分配表", "admin:funding_allocationtable_changelist", "money", "编制、下达和导出分配表", wide=True
)
PLEDGES = Entry("配套承诺", "admin:funding_commitment_list", "pledge", "各项目点承诺的配套资金", wide=True)
DESK_ORGANIZATIONS = Entry(
    "组织", "admin:organizations_organization_changelist", "organization", "维护区划和基地、车间等单位", wide=True
)
DESK_RUBRICS = Entry(
    "评分细则", "admin:assessments_rubric_changelist", "score", "各创建类型的考核评分细则，编写和发布", wide=True
)
LIGHT_RULES = Entry(
    "亮灯规则", "admin:projects_lightrule_changelist", "lights", "红黄绿灯的界限，修改前可预览", wide=True
)
CALENDAR = Entry(
    "工作日历", "admin:organizations_calendarexception_changelist", "calendar", "节假日和调休的补充", wide=True
)
CLOSES = Entry("月结", "admin:projects_monthclose_changelist", "close", "各月报送情况和月结", wide=True)
KINDS = Entry("组织类型", "admin:organizations_organizationkind_changelist", "kind", "村、社区、基地等类型", wide=True)
ACCOUNTS = Entry("账号", "admin:organizations_user_changelist", "people", "开通、停用账号，重设密码", wide=True)
AUDIT_LOG = Entry("操作记录", "admin:organizations_auditevent_changelist", "log", "谁在什么时候做了什么", wide=True)

# The same subjects stand together for everybody; what a role has no part in is left out.
PROGRESS_OF_ALL = [LIGHTS, BOARDS, PROGRESS, ROLLUP, STUCK, SCHEDULE]
PREPARATION = [GROUPS, DUTIES, PLANS, ARCHIVE, SCORES, RESULTS, LOSSES]
MONEY = [FUNDS, REGISTER, TABLES, WORK_FUNDS]
WORK = [VISITS, INSPECTIONS, MEETINGS, TRAININGS, WORKLOGS, SUPPORT, BULLETINS]

# On a phone five entries stand side by side; the others of a role are `wide`.
MENUS = {
    Role.CADRE: [
        ("填报", [HOME, REPORTS, RECORDS, RECTIFICATIONS, REMINDERS, WORKLOGS, SUPPORT]),
        ("项目点", [NOMINATIONS, replace(SITES, wide=True), SCHEDULE, *PREPARATION]),
        ("资金", [CLAIMS, *MONEY]),
        ("查看", [VISITS, INSPECTIONS, TRAININGS, BULLETINS, ORGANIZATIONS]),
    ],
    Role.COUNTY_REVIEWER: [
        ("审核", [HOME, QUEUE, RECTIFICATIONS, REMINDERS]),
        ("进度", PROGRESS_OF_ALL),
        ("项目点", [NOMINATIONS, replace(SITES, wide=True), *PREPARATION]),
        ("资金", [CLAIMS, *MONEY, EVALUATIONS]),
        ("工作", [ALL_RECORDS, *WORK]),
        ("查看", [ORGANIZATIONS]),
    ],
    Role.CITY_STAFF: [
        ("审核", [HOME, QUEUE, RECTIFICATIONS, REMINDERS]),
        ("进度", [*PROGRESS_OF_ALL, CLOSES]),
        ("项目点", [NOMINATIONS, DESK_SITES, *PREPARATION]),
        ("资金", [FUNDS, REGISTER, PLEDGES, DESK_TABLES, REALLOCATIONS, CLAIMS, WORK_FUNDS, EVALUATIONS]),
        ("工作", [ALL_RECORDS, *WORK]),
        ("规则", [DESK_PROGRAMMES, DESK_STANDARDS, DESK_RUBRICS, LIGHT_RULES, INDICATORS, FUND_STANDARDS, CALENDAR]),
        ("单位和人员", [DESK_ORGANIZATIONS, ACCOUNTS, AUDIT_LOG]),
    ],
    Role.LEADER: [
        ("进度", [HOME, *PROGRESS_OF_ALL, RECTIFICATIONS]),
        ("项目点", [NOMINATIONS, SITES, *PREPARATION]),
        ("资金", [*MONEY, CLAIMS, EVALUATIONS]),
        ("工作", [ALL_RECORDS, *WORK]),
        ("查看", [ORGANIZATIONS]),
    ],
    Role.AUDITOR: [
        ("进度", [HOME, *PROGRESS_OF_ALL, RECTIFICATIONS, ALL_REPORTS, CLOSES]),
        ("项目点", [NOMINATIONS, SITES, *PREPARATION]),
        ("资金", [*MONEY, CLAIMS, EVALUATIONS]),
        ("工作", [ALL_RECORDS, *WORK]),
        ("查看", [ORGANIZATIONS]),
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
