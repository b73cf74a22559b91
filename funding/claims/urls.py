from django.urls import path

from funding.claims import files, pages, writing

urlpatterns = [
    path("claims/", pages.claim_list, name="claim_list"),
    path("claims/register/", pages.claim_register, name="claim_register"),
    path("claims/add/", writing.claim_add, name="claim_add"),
    path("claims/<int:pk>/", pages.claim_detail, name="claim_detail"),
    path("claims/<int:pk>/edit/", writing.claim_edit, name="claim_edit"),
    path("claims/<int:pk>/print/", pages.claim_print, name="claim_print"),
    path("claims/<int:pk>/excel/", pages.claim_excel, name="claim_excel"),
    path("claims/<int:pk>/files/", files.claim_attach, name="claim_attach"),
    path("claims/<int:pk>/submit/", pages.claim_submit, name="claim_submit"),
    path("claims/<int:pk>/withdraw/", pages.claim_withdraw, name="claim_withdraw"),
    path("claims/<int:pk>/void/", pages.claim_void, name="claim_void"),
    path("claims/<int:pk>/check/", pages.claim_check, name="claim_check"),
    path("claims/<int:pk>/return/", pages.claim_return, name="claim_return"),
    path("claims/<int:pk>/pay/", pages.claim_pay, name="claim_pay"),
    path("claims/<int:pk>/reverse/", pages.claim_reverse, name="claim_reverse"),
    path("claim-files/<int:pk>/", files.claim_file, name="claim_file"),
    path("claim-files/<int:pk>/thumbnail/", files.claim_thumbnail, name="claim_thumbnail"),
    path("claim-files/<int:pk>/remove/", files.claim_file_remove, name="claim_file_remove"),
]
