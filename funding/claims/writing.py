"""A claim is written and changed: the head and its vouchers in one form, which works without a script, too."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from fedwork.numbers import posted_integer
from funding.actions import write_claim
from funding.claims import rules
from funding.claims.access import claim_page, get_claim
from funding.claims.forms import ClaimForm, lines_formset
from funding.models import Claim
from funding.views.telling import tell
from projects.models import ProjectSite


@require_http_methods(["GET", "HEAD", "POST"])
@claim_page
def claim_add(request: HttpRequest) -> HttpResponse:
    """`site` is in the address; without one it is chosen first, unless there is only one."""
    if not rules.can_write_claims(request.user):
        raise PermissionDenied
    sites = ProjectSite.objects.visible_to(request.user).approved().select_related("programme", "organization")
    if request.GET.get("site"):
        site = get_object_or_404(sites, pk=posted_integer(request.GET["site"]))
        return _write(request, Claim(site=site))
    sites = sites.order_by("-programme__year", "organization__code", "pk")
    if sites.count() == 1:
        return redirect(f"{request.path}?site={sites[0].pk}")
    return render(request, "funding/claim_site.html", {"sites": sites})


@require_http_methods(["GET", "HEAD", "POST"])
@claim_page
def claim_edit(request: HttpRequest, pk: int) -> HttpResponse:
    claim = get_claim(request, pk)
    if not rules.can_write_claims(request.user, claim.site):
        raise PermissionDenied
    if not claim.is_to_write:
        messages.info(request, f"报账单现在是“{claim.get_state_display()}”，不能再改。")
        return redirect(claim)
    return _write(request, claim)


def _write(request: HttpRequest, claim: Claim) -> HttpResponse:
    """Kept, the page of the claim follows, where the scans come to it; or the form again with more empty rows."""
    data = request.POST or None
    form, lines = ClaimForm(data, instance=claim), lines_formset(claim, data)
    are_valid = data is not None and all([form.is_valid(), lines.is_valid()])
    if are_valid and (kept := _keep(request, form, lines)):
        return redirect("funding:claim_edit", kept.pk) if "more" in request.POST else redirect(kept)
    context = {"form": form, "lines": lines, "claim": claim, "site": claim.site}
    return render(request, "funding/claim_form.html", context)


def _keep(request: HttpRequest, form: ClaimForm, lines) -> Claim | None:
    try:
        kept = write_claim(form.instance, lines.lines(), by=request.user)
    except ValidationError as error:
        tell(form, error)
        return None
    messages.success(request, "已保存。接着传发票照片，再提交。")
    return kept
