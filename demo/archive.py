"""Papers that the sites filed by themselves: a few small PDFs each, so that the archives are more or less complete; and
what was signed at the launch meeting and the city's training."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from random import Random

from dateutil.relativedelta import relativedelta
from django.core.files.uploadedfile import SimpleUploadedFile

from demo.days import at_desk, working_day
from demo.files import read_rows
from demo.people import Cast
from fedwork import clock
from fedwork.received import ReceivedFile, receive
from organizations.models import Role
from projects.actions import Filing, add_meeting_attachment, add_to_archive, add_training_attachment
from projects.models import Programme, ProjectSite, Training

Event = tuple[datetime, Callable[[], None]]
COMPLETE = 3  # the site that has everything, by its number
# How many of the papers the others have, in turn.
HAVE = [2, 1, 3, 0, 1, 2]


def archive_events(sites: list[ProjectSite], cast: Cast) -> Iterator[Event]:
    papers, launch = read_rows("archive"), sites[0].programme.first_month
    yield _on(launch, Random("notice")), partial(_share_notice, sites[0].programme, cast)
    yield _on(working_day(launch, 8), Random("signed")), partial(_scan_signed, sites[0].programme, cast)
    for number, site in enumerate(sites, 1):
        rng = Random(f"archive {number}")
        count = len(papers) if number == COMPLETE else HAVE[number % len(HAVE)]
        for row in sorted(_chosen(papers, rng)[:count], key=papers.index):
            day = launch + relativedelta(months=int(row["month"])) + timedelta(days=int(row["day"]) - 1)
            yield _on(day + timedelta(days=rng.randint(0, 6)), rng), partial(_file, site, row, cast)


def _chosen(papers: list[dict], rng: Random) -> list[dict]:
    """In the order in which they are found: mostly what the launch asks for, then the others."""
    return sorted(papers, key=lambda row: (row["month"] != "0") + 1.4 * rng.random())


def _on(day, rng: Random) -> datetime:
    return at_desk(working_day(day), rng)


def _file(site: ProjectSite, row: dict[str, str], cast: Cast) -> None:
    role = Role.CADRE if row["by"] == "cadre" else Role.COUNTY_REVIEWER
    lines = [f"{site.county_name}{site.name}", *row["text"].split("|")]
    _put(site, row["category"], row["title"], lines, by=cast.at(site.organization, role))


def _share_notice(programme: Programme, cast: Cast) -> None:
    lines = [f"{programme}（演示件）", "各县（市、区）妇联：现将项目创建工作有关事项通知如下……"]
    _put(programme, "申报资料", "关于做好项目创建工作的通知", lines, by=cast.city_staff()[0])


def _scan_signed(programme: Programme, cast: Cast) -> None:
    """签到册 of what the city has held by then."""
    by, lines = cast.city_staff()[0], ["序号　单位　岗位　签到（演示件，不列姓名）"]
    for meeting in programme.meetings.all():
        add_meeting_attachment(meeting, by=by, received=_paper(f"{meeting.get_kind_display()}签到册", lines))
    for training in Training.objects.held().filter(programme=programme, organization=by.organization):
        add_training_attachment(training, by=by, received=_paper(f"{training}签到册", lines))


def _put(owner: ProjectSite | Programme, category: str, title: str, lines: list[str], *, by) -> None:
    programme = owner if isinstance(owner, Programme) else owner.programme
    filing = Filing(programme.archive_categories.get(name=category), clock.today(), title)
    add_to_archive(owner, by=by, filing=filing, received=[_paper(title, lines)])


def _paper(title: str, lines: list[str]) -> ReceivedFile:
    return receive(SimpleUploadedFile(f"{title}.pdf", pdf(title, [*lines, f"{clock.today()}"])))


def pdf(title: str, lines: list[str]) -> bytes:
    """One page of Chinese text in a font that every reader brings along."""
    text = [f"BT /F1 20 Tf 72 760 Td <{_hex(title)}> Tj ET"]
    text += [f"BT /F1 12 Tf 72 {710 - 26 * place} Td <{_hex(line)}> Tj ET" for place, line in enumerate(lines)]
    stream = "\n".join(text)
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>",
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R /DW 1000 /CIDSystemInfo "
        "<< /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>",
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
        "/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    ]
    return _assembled(objects)


def _assembled(objects: list[str]) -> bytes:
    """Numbered, with the table of their places that a reader looks for at the end."""
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("ascii")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode("ascii")


def _hex(words: str) -> str:
    return words.encode("utf-16-be").hex()
