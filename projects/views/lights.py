"""红黄绿灯: which sites are red and yellow, why, since when, and what clears it; month by month."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from fedwork.downloads import workbook_response
from organizations.models import Level, Organization
from projects.forms.lights import LightForm
from projects.lights.grading import SiteLight, counts
from projects.lights.reading import MonthEnd, lights_at, rules_at, trend_lights
from projects.papers.lights import light_workbook
from projects.states import Light
from projects.views.access import project_page

SITES_PER_PAGE = 50


def told(light: SiteLight, user) -> list[tuple]:
    """(finding, link or None) of a site, as templates/projects/_findings.html shows them."""
    return [(finding, finding.reading.link(user)) for finding in light.findings]


def light_tiles(found: dict[Light, int], address: str, **query) -> list[dict]:
    """Red, yellow and green as tiles that lead to their sites; `query` is what is chosen beside."""
    words = {Light.RED: "要马上处理", Light.YELLOW: "要留意", Light.GREEN: "正常"}
    return [
        {
            "light": light,
            "number": number,
            "words": words[light],
            "address": f"{address}?{urlencode(query | {'light': light.value})}",
        }
        for light, number in found.items()
    ]


def trend_rows(ends: list[MonthEnd], address: str, **query) -> list[dict]:
    """The newest first, each with the address of the lights of its moment; the last one is now."""
    rows = []
    for end in ends[:-1]:
        moment = f"{end.moment:%Y-%m-%d %H:%M:%S.%f}"
        rows.append({"end": end, "address": f"{address}?{urlencode(query | {'as_of': moment})}"})
    return [{"end": ends[-1], "address": f"{address}?{urlencode(query)}", "is_now": True}, *reversed(rows)]


def _lights(form: LightForm) -> list[SiteLight]:
    return lights_at(form.programme, form.now, form.sites()) if form.programme else []


@require_safe
@project_page
def light_list(request: HttpRequest) -> HttpResponse:
    """The gravest first; a fixed number of queries."""
    form = LightForm(request.GET, user=request.user)
    lights, ends = trend_lights(form.programme, form.now, form.sites()) if form.shows_trend else (_lights(form), [])
    chosen = form.chosen("light")
    shown = sorted((each for each in lights if chosen in ("", None, each.level)), key=lambda each: -each.level.rank)
    page = Paginator(shown, SITES_PER_PAGE).get_page(request.GET.get("page"))
    address, without = reverse("projects:light_list"), form.query(light=None)
    context = {
        "form": form,
        "programme": form.programme,
        "place": form.places.chosen,
        "now": form.now,
        "tiles": light_tiles(counts(lights), address, **without),
        "everything": f"{address}?{urlencode(without)}" if chosen else "",
        "page_obj": page,
        "rows": [(light, told(light, request.user)) for light in page],
        "counties": county_rows(lights, request.user, form.programme),
        "rules": rules_at(form.programme, form.now) if form.programme else [],
        "query": urlencode(form.query()),
        "is_filtered": any(request.GET.values()),
        "trend": trend_rows(ends, address, **form.query(light=None, as_of=None)) if ends else [],
        "trend_address": f"{address}?{urlencode(without | {'trend': 'on'})}" if form.is_wide else "",
    }
    return render(request, "projects/light_list.html", context)


def county_rows(lights: list[SiteLight], user, programme) -> list[dict]:
    """By county in scope, where the sites lie now: how many are red, yellow and green; one query."""
    counties = {each.pk: each for each in Organization.objects.visible_to(user).filter(level=Level.COUNTY)}
    by_county: dict[Organization | None, list[SiteLight]] = {}
    for light in sorted(lights, key=lambda each: each.site.organization.path):
        at = next((counties[pk] for pk in light.site.organization.ancestor_ids if pk in counties), None)
        by_county.setdefault(at, []).append(light)
    return [_county_row(county, its, programme) for county, its in by_county.items()]


def _county_row(county: Organization | None, lights: list[SiteLight], programme) -> dict:
    query = {"programme": programme.pk}
    return {
        "name": county.name if county else "不属于哪个县",
        "county": county,
        "address": reverse("projects:county_detail", args=[county.pk], query=query) if county else "",
        "counts": list(counts(lights).items()),
        "total": len(lights),
    }


@require_safe
@project_page
def light_excel(request: HttpRequest) -> HttpResponse:
    form = LightForm(request.GET, user=request.user)
    lights, chosen = _lights(form), form.chosen("light")
    shown = [each for each in lights if chosen in ("", None, each.level)]
    title = f"{form.places.chosen}项目点红黄绿灯"
    return workbook_response(light_workbook(shown, title), f"{title}（{form.now:%Y-%m-%d}）")
