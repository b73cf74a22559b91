from django.urls import path

from funding.claims import urls as claims
from funding.evaluation import urls as evaluation
from funding.views import board, books, tables
from funding.workfunds import urls as workfunds

app_name = "funding"
urlpatterns = [
    *claims.urlpatterns,
    *evaluation.urlpatterns,
    *workfunds.urlpatterns,
    path("allocations/", tables.table_list, name="table_list"),
    path("allocations/<int:pk>/", tables.table_detail, name="table_detail"),
    path("allocations/<int:pk>/download/", tables.table_download, name="table_download"),
    path("funds/", board.board_page, name="board"),
    path("funds/excel/", board.board_excel, name="board_excel"),
    path("funds/sites/<int:pk>/", books.site_book, name="site_book"),
    path("funds/sites/<int:pk>/add/", books.entry_add, name="entry_add"),
    path("funds/entries/<int:pk>/", books.entry_detail, name="entry_detail"),
    path("funds/entries/<int:pk>/reverse/", books.entry_reverse, name="entry_reverse"),
]
