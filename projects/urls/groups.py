from django.urls import path

from projects.views import duties, groups, plans

urlpatterns = [
    path("groups/", groups.group_chart, name="group_chart"),
    path("groups/add/", groups.group_add, name="group_add"),
    path("groups/<int:pk>/", groups.group_detail, name="group_detail"),
    path("groups/<int:pk>/word/", groups.group_word, name="group_word"),
    path("groups/<int:pk>/takeover/", groups.group_take_over, name="group_take_over"),
    path("groups/<int:pk>/appoint/", groups.group_appoint, name="group_appoint"),
    path("groups/<int:pk>/disband/", groups.group_disband, name="group_disband"),
    path("groups/members/<int:pk>/leave/", groups.member_leave, name="group_member_leave"),
    path("groups/members/<int:pk>/correct/", groups.member_correct, name="group_member_correct"),
    path("duties/", duties.duty_list, name="duty_list"),
    path("duties/excel/", duties.duty_excel, name="duty_excel"),
    path("duties/print/", duties.duty_print, name="duty_print"),
    path("duties/add/", duties.duty_add, name="duty_add"),
    path("duties/contacts/", duties.contact_assign, name="contact_assign"),
    path("duties/<int:pk>/edit/", duties.duty_edit, name="duty_edit"),
    path("duties/<int:pk>/remove/", duties.duty_remove, name="duty_remove"),
    path("plans/", plans.plan_list, name="plan_list"),
    path("plans/add/", plans.plan_add, name="plan_add"),
    path("plans/<int:pk>/", plans.plan_detail, name="plan_detail"),
    path("plans/<int:pk>/edit/", plans.plan_edit, name="plan_edit"),
    path("plans/<int:pk>/print/", plans.plan_print, name="plan_print"),
    path("plans/<int:pk>/word/", plans.plan_word, name="plan_word"),
    path("plans/<int:pk>/submit/", plans.plan_submit, name="plan_submit"),
    path("plans/<int:pk>/approve/", plans.plan_approve, name="plan_approve"),
    path("plans/<int:pk>/return/", plans.plan_return, name="plan_return"),
]
