"""The list of reports: what the boards' numbers lead to, and what everybody looks up."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fedwork import clock
from projects.forms.filters import ReportFilterForm
from projects.views.access import project_page

PAGE_LENGTH = 50


@require_safe
@project_page
def report_list(request: HttpRequest) -> HttpResponse:
    """Reports in scope whose month has begun, newest month first, narrowed down by what the address says."""
    form = ReportFilterForm(request.GET, user=request.user)
    asked, state = form.apply(), form.chosen("state")
    reports = asked.in_state(state, form.now) if state else asked
    reports = reports.select_related("site__creation_type").order_by("-month", "site_id")
    page = Paginator(reports, PAGE_LENGTH).get_page(request.GET.get("page"))
    now = clock.now()
    context = {
        "form": form,
        "page_obj": page,
        "rows": [(report, report.mark(now)) for report in page],
        "chips": _chips(form, asked.state_counts(form.now), state),
        "subject": form.subject,
        "moment": form.chosen("as_of"),
        "is_filtered": any(request.GET.values()),
    }
    return render(request, "projects/report_list.html", context)


def _chips(form: ReportFilterForm, counts: dict[str, int], state: str | None) -> list[dict]:
    """The states that have reports, and the chosen one, each with its number and address; what only the roll-up asks
    for isn't offered."""
    return [
        {
            "label": label,
            "number": counts[key],
            "address": f"?{urlencode(form.query(state=key))}",
            "is_chosen": key == (state or "due"),
        }
        for key, label in form.STATES.items()
        if key == state or (counts[key] and key != "counted")
    ]
