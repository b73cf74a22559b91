from django.urls import path

from funding.claims import urls as claims
from funding.views import board, bookkeeping, books, figures, tables

app_name = "funding"
urlpatterns = [
    *claims.urlpatterns,
    path("allocations/", tables.table_list, name="table_list"),
    path("allocations/<int:pk>/", tables.table_detail, name="table_detail"),
    path("allocations/<int:pk>/download/", tables.table_download, name="table_download"),
    path("allocations/<int:pk>/comparison/", tables.table_comparison, name="table_comparison"),
    path("allocations/<int:pk>/letters/", tables.table_letters, name="table_letters"),
    path("allocations/<int:pk>/note/", tables.table_note, name="table_note"),
    path("funds/", board.board_page, name="board"),
    path("funds/excel/", board.board_excel, name="board_excel"),
    path("funds/figure/", figures.figure_page, name="figure"),
    path("funds/reconciliation/", figures.reconciliation_page, name="reconciliation"),
    path("funds/reconciliation/excel/", figures.reconciliation_excel, name="reconciliation_excel"),
    path("funds/sites/<int:pk>/bookkeeping/", bookkeeping.say, name="bookkeeping_say"),
    path("funds/sites/<int:pk>/", books.site_book, name="site_book"),
    path("funds/sites/<int:pk>/add/", books.entry_add, name="entry_add"),
    path("funds/entries/<int:pk>/", books.entry_detail, name="entry_detail"),
    path("funds/entries/<int:pk>/reverse/", books.entry_reverse, name="entry_reverse"),
]
