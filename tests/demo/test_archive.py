"""The archives of the demo: more or less complete on whatever day it is loaded."""

import pytest

from projects.archive import archive_board, site_catalogue
from projects.models import Attachment, CreationStandard, Programme, ProjectSite

pytestmark = pytest.mark.django_db


def test_archives_are_between_two_fifths_and_whole_and_not_all_are(now):
    programme = Programme.objects.get(fund_source="province")
    board = archive_board(programme, programme.sites.approved(), now.date())
    percents = [standing.percent for standing in board.standings]
    assert (len(percents), min(percents) >= 40, percents[-1]) == (19, True, 100)
    assert sum(percent < 100 for percent in percents) >= 9
    assert len({standing.missing_names for standing in board.standings}) >= 3
    site = ProjectSite.objects.get(pk=board.standings[0].site_id)
    assert site_catalogue(site, now.date()).percent == percents[0]


def test_the_papers_are_few_and_whole(now):
    papers = Attachment.objects.exclude(category=None)
    assert 20 <= papers.count() <= 40
    assert {paper.suffix for paper in papers} == {".pdf"}
    assert all(paper.file.storage.exists(paper.file.name) and paper.dated_on <= now.date() for paper in papers)


def test_what_was_signed_lies_in_the_archives_of_the_sites_that_came(now):
    signed = Attachment.objects.filter(site=None, category=None)
    assert [file.record.attachments.count() for file in signed] == [1] * len(signed)
    site = ProjectSite.objects.approved().first()
    names = [piece.attachment.name for piece in site_catalogue(site, now.date()).pieces]
    assert "动员会签到册.pdf" in names


def test_every_site_was_approved_by_a_published_standard(now):
    assert CreationStandard.objects.published().count() == 4
    assert not ProjectSite.objects.approved().filter(standard=None).exists()
