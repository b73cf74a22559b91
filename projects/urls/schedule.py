from django.urls import path

from projects.views import calendar_feeds, replans, schedule, stages

urlpatterns = [
    path("schedule/", schedule.schedule_board_page, name="schedule_board"),
    path("schedule/excel/", schedule.schedule_board_excel, name="schedule_board_excel"),
    path("schedule/sites/<int:pk>/", schedule.schedule_site, name="schedule_site"),
    path("schedule/sites/<int:pk>/excel/", schedule.schedule_excel, name="schedule_excel"),
    path("schedule/sites/<int:pk>/confirm/", schedule.schedule_confirm, name="schedule_confirm"),
    path("schedule/stages/<int:pk>/complete/", stages.stage_complete, name="stage_complete"),
    path("schedule/stages/<int:pk>/reopen/", stages.stage_reopen, name="stage_reopen"),
    path("schedule/stages/<int:pk>/move/", stages.stage_move, name="stage_move"),
    path("schedule/items/<int:pk>/replan/", replans.replan_ask, name="replan_ask"),
    path("schedule/replans/", replans.replan_list, name="replan_list"),
    path("schedule/replans/<int:pk>/grant/", replans.replan_grant, name="replan_grant"),
    path("schedule/replans/<int:pk>/refuse/", replans.replan_refuse, name="replan_refuse"),
    path("schedule/programmes/<int:pk>/replan/", replans.replan_bulk, name="replan_bulk"),
    path("calendar/", calendar_feeds.calendar_settings, name="calendar_settings"),
    path("calendar/renew/", calendar_feeds.calendar_renew, name="calendar_renew"),
    path("calendar/stop/", calendar_feeds.calendar_stop, name="calendar_stop"),
    path("calendar/<str:token>.ics", calendar_feeds.calendar_feed, name="calendar_feed"),
]
