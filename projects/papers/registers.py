"""Registers of one site for its archive: activities, publicity, visits, trainings and meetings, logs; each a plain list in Excel."""

from fedwork.excel import Column, Kind, write_list
from projects.gatherings import Gathering, gatherings_of
from projects.models import Activity, GuidanceVisit, ProjectSite, Publicity, WorkLog


def activity_register(site: ProjectSite) -> bytes:
    rows = site.activities.for_page().select_related("kind")
    columns: list[Column] = [
        Column("日期", _day, Kind.CENTRE, 12),
        Column("类别", lambda row: row.kind.name, width=14),
        Column("活动名称", lambda row: row.title, width=36),
        Column("地点", lambda row: row.place, width=20),
        Column("节日", lambda row: row.get_festival_display(), width=14),
        Column("场次（次数）", lambda row: row.sessions, Kind.NUMBER, 12),
        Column("人次", lambda row: row.person_times, Kind.NUMBER, 10),
        Column("人数", lambda row: row.persons, Kind.NUMBER, 10),
        Column("件数", lambda row: row.cases, Kind.NUMBER, 10),
        Column("负责岗位", lambda row: row.head_post, width=20),
        Column("情况", lambda row: row.note, width=40),
        _recorder(),
    ]
    return write_list(columns, rows, title="活动记录")


def publicity_register(site: ProjectSite) -> bytes:
    rows = site.publicity.for_page().select_related("channel")
    columns: list[Column] = [
        Column("日期", _day, Kind.CENTRE, 12),
        Column("渠道", lambda row: row.channel.name, width=16),
        Column("标题", lambda row: row.title, width=44),
        Column("网址", lambda row: row.link, width=40),
        _recorder(),
    ]
    return write_list(columns, rows, title="宣传报道")


def visit_register(site: ProjectSite) -> bytes:
    columns: list[Column] = [
        Column("日期", _day, Kind.CENTRE, 12),
        Column("谁去的", lambda row: row.get_level_display(), Kind.CENTRE, 10),
        Column("到点人员", lambda row: row.visitors, width=24),
        Column("座谈对象", lambda row: "、".join(row.interlocutor_names), width=24),
        Column("了解内容", lambda row: "、".join(row.topic_names), width=24),
        Column("了解到的情况", lambda row: row.findings, width=40),
        Column("活动", lambda row: row.on_activities, width=40),
        Column("硬件", lambda row: row.on_venue, width=40),
        Column("资料", lambda row: row.on_files, width=40),
        Column("后续要办的事", lambda row: row.follow_up, width=30),
        _recorder(),
    ]
    return write_list(columns, site.visits.for_page(), title="调研指导")


def gathering_register(site: ProjectSite) -> bytes:
    columns: list[Column] = [
        Column("日期", _day, Kind.CENTRE, 12),
        Column("类别", lambda row: row.sort, Kind.CENTRE, 14),
        Column("会议、培训名称", lambda row: row.title, width=40),
        Column("地点", lambda row: row.place, width=24),
        Column("本项目点到会岗位", lambda row: row.posts, width=40),
    ]
    return write_list(columns, gatherings_of(site), title="会议培训")


def worklog_register(site: ProjectSite) -> bytes:
    """With what was added after a log was locked."""
    logs = WorkLog.objects.filter(site=site).for_page().prefetch_related("additions")
    columns: list[Column] = [
        Column("日期", _day, Kind.CENTRE, 12),
        Column("记录岗位", lambda row: row.post, width=24),
        Column("工作内容", lambda row: row.content, width=70),
        Column("补记", lambda row: "；".join(addition.text for addition in row.additions.all()), width=40),
        _recorder(),
    ]
    return write_list(columns, logs, title="工作日志")


def _day(row: Activity | Publicity | GuidanceVisit | WorkLog | Gathering) -> str:
    return f"{row.happened_on:%Y-%m-%d}"


def _recorder() -> Column:
    return Column("记录人", lambda row: str(row.recorded_by), width=12)
