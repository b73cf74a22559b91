"""变更申请: the list, asking, and the page of one with the county's opinion and the city's decision."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects import actions, rules
from projects.actions.changes import present_value
from projects.forms.changes import AskChangeForm, CommentForm, GrantChangeForm, RefuseChangeForm, WordsForm
from projects.forms.nominations import tell
from projects.models import ChangeSubject, SiteChange
from projects.nominations import changes_to_do
from projects.views.access import get_site, project_page

PAGE_LENGTH = 50
FORMS = {"comment": CommentForm, "grant": GrantChangeForm, "refuse": RefuseChangeForm}


@require_safe
@project_page
def change_list(request: HttpRequest) -> HttpResponse:
    """Those that wait first, then the latest."""
    changes = SiteChange.objects.visible_to(request.user).for_page().select_related("site__creation_type")
    chosen = request.GET.get("state")
    states = {"mine": changes_to_do(request.user), "asked": SiteChange.objects.asked()}
    if chosen in states:
        changes = changes.filter(pk__in=states[chosen].order_by().values("pk"))
    page = Paginator(changes, PAGE_LENGTH).get_page(request.GET.get("page"))
    chips = [("全部", "", chosen not in states), ("待市级审批", "asked", chosen == "asked")]
    context = {"page_obj": page, "chips": [*chips, ("等我审批", "mine", chosen == "mine")]}
    return render(request, "projects/change_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def change_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Without `subject` in the address: what holds now, to choose from."""
    site = get_site(request, pk)
    if not rules.can_ask_change(request.user, site):
        raise PermissionDenied
    subject = request.GET.get("subject")
    if not subject:
        subjects = [(each, present_value(site, each)) for each in ChangeSubject]
        return render(request, "projects/change_subjects.html", {"site": site, "subjects": subjects})
    if subject not in ChangeSubject:
        raise Http404
    form = AskChangeForm(request.POST or None, site=site, subject=ChangeSubject(subject))
    if request.method == "POST" and form.is_valid() and _asked(request, form):
        return redirect(form.instance)
    context = {
        "form": form,
        "site": site,
        "subject": ChangeSubject(subject),
        "before": present_value(site, subject),
    }
    return render(request, "projects/change_form.html", context, status=422 if form.errors else 200)


def _asked(request: HttpRequest, form: AskChangeForm) -> bool:
    try:
        actions.ask_change(form.instance, by=request.user)
    except ValidationError as error:
        tell(form, error)
        return False
    messages.success(request, "变更申请已提出；批准之前，原来的内容仍然有效。")
    return True


@require_safe
@project_page
def change_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _get(request, pk))


@require_POST
@project_page
def change_comment(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, "comment", rules.can_comment_change, actions.comment_change, "已填写县级意见。")


@require_POST
@project_page
def change_grant(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, "grant", rules.can_decide_change, actions.grant_change, "已同意变更，项目点资料已更新。")


@require_POST
@project_page
def change_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(
        request, pk, "refuse", rules.can_decide_change, actions.refuse_change, "已答复不同意，原来的内容不变。"
    )


def _get(request: HttpRequest, pk: int) -> SiteChange:
    """A request in the user's scope, else 404."""
    changes = SiteChange.objects.visible_to(request.user).for_page()
    return get_object_or_404(changes.select_related("site__programme__organization", "site__organization"), pk=pk)


def _step(request: HttpRequest, pk: int, name: str, may: Callable, act: Callable, done: str) -> HttpResponse:
    change = _get(request, pk)
    if not may(request.user, change):
        raise PermissionDenied
    form = FORMS[name](request.POST)
    if not form.is_valid():
        return _page(request, change, name, form, status=422)
    try:
        change = act(change, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        tell(form, error)
        status = 409 if getattr(error, "code", None) == "stale" else 422
        return _page(request, _get(request, pk), name, form, status=status)
    messages.success(request, done)
    return redirect(change)


def _page(
    request: HttpRequest, change: SiteChange, name: str = "", refused: WordsForm | None = None, *, status: int = 200
) -> HttpResponse:
    forms = {f"{each}_form": form() for each, form in FORMS.items()}
    if refused:
        forms[f"{name}_form"] = refused
    context = forms | {
        "change": change,
        "can_comment": change.is_open and rules.can_comment_change(request.user, change),
        "can_decide": change.is_open and rules.can_decide_change(request.user, change),
        "refused": refused,
    }
    return render(request, "projects/change_detail.html", context, status=status)
