from django.urls import path

from funding.workfunds import pages

urlpatterns = [
    path("work-funds/", pages.board_page, name="workfund_board"),
    path("work-funds/excel/", pages.board_excel, name="workfund_excel"),
    path("work-funds/<int:pk>/", pages.detail, name="workfund_detail"),
    path("work-funds/<int:pk>/grid/", pages.grid, name="workfund_grid"),
    path("work-funds/<int:pk>/import/", pages.upload, name="workfund_import"),
    path("work-funds/<int:pk>/template/", pages.template, name="workfund_template"),
    path("work-funds/entries/<int:pk>/reverse/", pages.reverse_entry, name="workfund_reverse"),
]
