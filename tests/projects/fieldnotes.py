"""Trainings and notes as tests need them, through the ordinary actions."""

from datetime import date

from projects.actions import add_note, save_training
from projects.models import (
    AwarenessSurvey,
    GovernmentReport,
    InKindHelp,
    Inspection,
    Pairing,
    Training,
    TrainingSession,
    WorkLog,
)

DAY = date(2026, 11, 16)  # the Monday before the tests' Sunday
OF_EACH = {
    Pairing: {"partner": "市农业农村局", "kind": "building", "content": "技术指导"},
    InKindHelp: {"item": "投影仪", "quantity": 2, "unit": "台", "estimated_value": 5800, "given_by": "县图书馆"},
    GovernmentReport: {"level": "township", "body": "镇党委会", "matter": "项目配套资金"},
    AwarenessSurvey: {"asked": 80, "aware": 72, "took_part": 41},
    Inspection: {
        "team": "市妇联发展部",
        "on_progress": "比计划晚十天",
        "on_management": "未发现问题",
        "on_quality": "活动偏少",
    },
    WorkLog: {"content": "整理活动室，通知周三的培训"},
}


def new_note(model, site, **fields):
    """Not yet saved."""
    return model(site=site, **{"happened_on": DAY} | OF_EACH[model] | fields)


def noted(model, site, *, by, **fields):
    return add_note(new_note(model, site, **fields), by=by)


def session(day: date = DAY, **fields) -> TrainingSession:
    return TrainingSession(held_on=day, **{"half_day": "a", "topic": "任务和标准", "person_times": 60} | fields)


def held_training(programme, *, by, kinds=("head", "secretary"), sessions=None, **fields) -> Training:
    given = {
        "level": "city",
        "title": "项目推进培训",
        "first_on": DAY,
        "last_on": DAY,
        "place": "市妇联",
        "persons": 55,
    }
    training = Training(programme=programme, **given | fields)
    return save_training(training, sessions=[session()] if sessions is None else sessions, kinds=kinds, by=by)
