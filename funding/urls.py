from django.urls import path

from funding.claims import urls as claims
from funding.evaluation import urls as evaluation
from funding.views import (
    board,
    bookkeeping,
    books,
    entries,
    entry_files,
    entry_imports,
    figures,
    reallocations,
    register,
    tables,
)
from funding.workfunds import urls as workfunds

app_name = "funding"
urlpatterns = [
    *claims.urlpatterns,
    *evaluation.urlpatterns,
    *workfunds.urlpatterns,
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
    path("funds/sites/<int:pk>/add/", entries.entry_add, name="entry_add"),
    path("funds/entries/<int:pk>/", entries.entry_detail, name="entry_detail"),
    path("funds/entries/<int:pk>/reverse/", entries.entry_reverse, name="entry_reverse"),
    path("funds/entries/<int:pk>/files/", entry_files.entry_attach, name="entry_attach"),
    path("funds/entry-files/<int:pk>/", entry_files.entry_file, name="entry_file"),
    path("funds/entry-files/<int:pk>/thumbnail/", entry_files.entry_thumbnail, name="entry_thumbnail"),
    path("funds/entry-files/<int:pk>/remove/", entry_files.entry_file_remove, name="entry_file_remove"),
    path("funds/register/", register.register, name="register"),
    path("funds/register/excel/", register.register_excel, name="register_excel"),
    path("funds/import/<int:pk>/", entry_imports.entry_import, name="entry_import"),
    path("funds/import/<int:pk>/template/", entry_imports.entry_import_template, name="entry_import_template"),
    path("funds/import/<int:pk>/marked/", entry_imports.entry_import_marked, name="entry_import_marked"),
    path("funds/import/<int:pk>/confirm/", entry_imports.entry_import_confirm, name="entry_import_confirm"),
    path("funds/reallocations/", reallocations.reallocation_list, name="reallocation_list"),
    path("funds/reallocations/<int:pk>/", reallocations.reallocation_detail, name="reallocation_detail"),
    path("funds/reallocations/<int:pk>/take-back/", reallocations.reallocation_back, name="reallocation_back"),
    path("funds/sites/<int:pk>/reallocate/", reallocations.reallocation_add, name="reallocation_add"),
]
