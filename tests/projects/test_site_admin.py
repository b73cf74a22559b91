import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from organizations.models import AuditEvent, Level, Role
from projects.actions import add_site, approve_site, change_site, remove_site
from projects.models import ProjectSite
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/admin/projects/projectsite/"
ADD = f"{LIST}add/"
HEADINGS = ["批次", "创建类型", "单位代码", "项目点名称", "负责人职务", "专项资金（元）"]


def page_of(site) -> str:
    return reverse("admin:projects_projectsite_change", args=[site.pk])


def approve_page(site) -> str:
    return reverse("admin:projects_projectsite_approve", args=[site.pk])


def posted(programme, organization, **changes) -> dict:
    return {
        "programme": programme.pk,
        "creation_type": programme.creation_types.first().pk,
        "organization": organization.pk,
        "name": "山南镇小井庄村",
        "leader_title": "村妇联主席",
        "province_amount": "",
    } | changes


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def proposed(programme, tree, city_staff):
    kind = programme.creation_types.first()
    site = ProjectSite(programme=programme, creation_type=kind, organization=tree.village, name="山南镇小井庄村")
    return add_site(site, by=city_staff)


@pytest.fixture
def ready(programme, tree):
    """Waits for the province's decision."""
    return factories.site(programme, tree.village)


class TestEntering:
    def test_one_by_one(self, login, city_staff, programme, tree):
        response = login(city_staff).post(ADD, posted(programme, tree.village))
        assert response.status_code == 302, response.context["errors"]
        site = ProjectSite.objects.get()
        assert (site.province_amount, site.county_name) == (Decimal("30000"), "肥西县")
        assert [event.action for event in AuditEvent.objects.about(site)] == ["新增项目点"]

    def test_the_amount_as_people_write_it(self, login, city_staff, programme, tree):
        login(city_staff).post(ADD, posted(programme, tree.village, province_amount="２.５万元"))
        assert ProjectSite.objects.get().province_amount == Decimal("25000")

    @pytest.mark.parametrize(
        ("unit", "name"),
        [
            ("小井庄村", "山南镇小井庄村"),
            ("小井庄村民委员会", "山南镇小井庄村"),
            ("小井庄村委会", "山南镇小井庄村"),
            ("春风社区居民委员会", "山南镇春风社区"),
            ("春风社区居委会", "山南镇春风社区"),
            ("春风社区村民委员会", "山南镇春风社区"),
        ],
    )
    def test_a_site_without_a_name_gets_the_usual_one(self, login, city_staff, programme, tree, unit, name):
        tree.village.name = unit
        tree.village.save()
        response = login(city_staff).post(ADD, posted(programme, tree.village, name=" "))
        assert response.status_code == 302, response.context["errors"]
        assert ProjectSite.objects.get().name == name

    def test_a_type_of_another_programme_is_refused(self, login, city_staff, programme, tree):
        other = factories.programme(tree.city, year=2027)
        foreign = other.creation_types.first().pk
        page = text(login(city_staff).post(ADD, posted(programme, tree.village, creation_type=foreign)))
        assert "“示范村”不是“2026年示例建设项目”的创建类型。" in page
        assert not ProjectSite.objects.exists()

    def test_types_stand_under_their_programmes(self, login, city_staff, programme, tree):
        factories.programme(tree.city, year=2027)
        assert '<optgroup label="2027年示例建设项目">' in text(login(city_staff).get(ADD))

    def test_the_programme_of_today_is_chosen_beforehand(self, login, city_staff, programme, tree):
        factories.programme(tree.city, year=2027)
        assert login(city_staff).get(ADD).context["adminform"].form["programme"].value() == programme.pk

    def test_only_villages_and_units(self, login, city_staff, programme, tree):
        assert login(city_staff).post(ADD, posted(programme, tree.township)).status_code == 200
        site = ProjectSite(programme=programme, creation_type=programme.creation_types.first(), name="镇")
        site.organization = tree.township
        with pytest.raises(ValidationError, match="项目点应是村（社区）一级"):
            add_site(site, by=city_staff)

    def test_a_unit_outside_the_programmes_area_is_refused(self, tree, city_staff):
        above = factories.user("province", role=Role.CITY_STAFF, organization=tree.province)
        programme = factories.programme(tree.city)
        far = factories.organization("芜湖市", level=Level.CITY, parent=tree.province)
        village = factories.organization("远村", level=Level.VILLAGE, parent=far)
        kind = programme.creation_types.first()
        site = ProjectSite(programme=programme, creation_type=kind, organization=village, name="远村")
        with pytest.raises(ValidationError, match="“远村”不在合肥市的管辖范围内"):
            add_site(site, by=above)
        with pytest.raises(PermissionDenied):
            add_site(site, by=city_staff)

    def test_a_closed_unit_is_refused(self, login, city_staff, programme, tree, today):
        tree.village.valid_to = today
        tree.village.save()
        page = text(login(city_staff).post(ADD, posted(programme, tree.village)))
        assert "“小井庄村”已于 2026-11-22 撤销" in page

    def test_one_site_per_unit_and_programme(self, login, city_staff, programme, tree, proposed):
        assert "这个单位在本批次里已有项目点。" in text(login(city_staff).post(ADD, posted(programme, tree.village)))
        assert ProjectSite.objects.count() == 1

    def test_correcting_leaves_a_row_that_names_what_changed(self, login, city_staff, programme, tree, proposed):
        data = posted(programme, tree.other_village, name="三河镇河口村")
        assert login(city_staff).post(page_of(proposed), data).status_code == 302
        proposed.refresh_from_db()
        assert (proposed.name, proposed.township_name) == ("三河镇河口村", "三河镇")
        event = AuditEvent.objects.about(proposed).first()
        assert (event.action, event.detail["changes"][0]) == ("修改项目点", "村（社区、基地）")

    def test_a_correction_that_comes_after_the_approval_changes_nothing(self, city_staff, ready):
        old = ProjectSite.objects.get(pk=ready.pk)
        approve_site(ready, by=city_staff)
        old.name = "改名"
        with pytest.raises(ValidationError, match="已批准，不能再修改"):
            change_site(old, by=city_staff)
        stored = ProjectSite.objects.get(pk=ready.pk)
        assert (stored.name, stored.is_approved) == ("山南镇小井庄村", True)

    def test_a_withdrawn_nomination_goes_an_approved_site_stays(self, login, city_staff, proposed, programme, tree):
        second = approve_site(factories.site(programme, tree.far_village), by=city_staff)
        client = login(city_staff)
        for site in [proposed, second]:
            client.post(reverse("admin:projects_projectsite_delete", args=[site.pk]), {"post": "yes"})
        assert list(ProjectSite.objects.all()) == [second]
        assert AuditEvent.objects.filter(action="删除项目点").count() == 1
        with pytest.raises(ValidationError, match="不能再修改或删除"):
            remove_site(second, by=city_staff)

    def test_approved_sites_are_read_only(self, login, city_staff, site, programme, tree):
        client = login(city_staff)
        page = text(client.get(page_of(site)))
        assert "项目点批准后，资料即固定" in page
        assert 'name="name"' not in page
        assert client.post(page_of(site), posted(programme, tree.village, name="改名")).status_code == 403


class TestScope:
    @pytest.mark.parametrize("role", ["county_reviewer", "auditor"])
    def test_readers_see_and_change_nothing(self, login, request, role, proposed, programme, tree):
        client = login(request.getfixturevalue(role))
        assert proposed.name in text(client.get(LIST))
        assert client.get(page_of(proposed)).status_code == 200
        assert client.post(page_of(proposed), posted(programme, tree.village)).status_code == 403
        for address in [ADD, approve_page(proposed), f"{LIST}import/", f"{LIST}process_import/"]:
            assert client.post(address, {}).status_code == 403
        assert client.get(f"{LIST}import/template/").status_code == 403
        assert "批准所选项目点" not in text(client.get(LIST))
        data = {"action": "approve_selected", "_selected_action": [proposed.pk], "confirmed": "yes"}
        client.post(LIST, data)
        assert not ProjectSite.objects.approved().exists()

    def test_another_city_sees_nothing(self, login, tree, proposed):
        far = factories.organization("芜湖市", level=Level.CITY, parent=tree.province)
        client = login(factories.user("far", role=Role.CITY_STAFF, organization=far))
        assert proposed.name not in text(client.get(LIST))
        assert client.get(page_of(proposed)).status_code == 404
        assert client.post(approve_page(proposed)).status_code == 404
        data = {"action": "approve_selected", "_selected_action": [proposed.pk], "confirmed": "yes"}
        client.post(LIST, data)
        assert not ProjectSite.objects.approved().exists()

    def test_the_citys_staff_look_at_sites_of_the_provinces_programme(self, login, tree, city_staff, today):
        above = factories.programme(tree.province)
        site = factories.site(above, tree.village)
        client = login(city_staff)
        assert client.get(page_of(site)).status_code == 200
        assert approve_page(site) not in text(client.get(page_of(site)))
        assert client.post(page_of(site), posted(above, tree.village)).status_code == 403
        assert above.name not in text(client.get(ADD))
        client.post(ADD, posted(above, tree.far_village))
        client.post(approve_page(site))
        for action in [approve_site, remove_site, change_site]:
            with pytest.raises(PermissionDenied):
                action(site, by=city_staff)
        assert [row.is_approved for row in ProjectSite.objects.all()] == [False]

    def test_another_county_sees_nothing(self, login, other_reviewer, proposed):
        client = login(other_reviewer)
        assert proposed.name not in text(client.get(LIST))
        assert client.get(page_of(proposed)).status_code == 404

    @pytest.mark.parametrize("role", ["cadre", "leader"])
    def test_the_others_have_no_desk(self, login, request, role):
        assert login(request.getfixturevalue(role)).get(LIST).status_code == 403

    def test_anonymous(self, client, proposed):
        for address in [LIST, ADD, page_of(proposed), approve_page(proposed), f"{LIST}import/", f"{LIST}export/"]:
            assert client.get(address).url.startswith("/login/")


class TestList:
    def test_filters_and_search(self, login, city_staff, programme, tree, proposed):
        approve_site(factories.site(programme, tree.far_village), by=city_staff)
        client = login(city_staff)

        def found(query: str) -> list[str]:
            return [site.name for site in client.get(f"{LIST}?{query}").context["cl"].result_list]

        assert found(f"county={tree.county.pk}") == ["山南镇小井庄村"]
        assert found("status__exact=approved") == ["吴山镇桥冲村"]
        assert found(f"programme__id__exact={programme.pk}&type=示范社区") == []
        assert found("q=xjz") == ["山南镇小井庄村"]
        assert found("q=340121103201") == ["吴山镇桥冲村"]
        assert client.get(f"{LIST}?county=x").status_code == 200

    def test_the_same_queries_for_1_and_30(self, login, city_staff, programme, tree, count_queries):
        client = login(city_staff)
        factories.site(programme, tree.village)
        one = count_queries(lambda: client.get(LIST))
        for number in range(29):
            village = factories.organization(f"村{number}", level=Level.VILLAGE, parent=tree.township)
            factories.site(programme, village)
        assert count_queries(lambda: client.get(LIST)) == one


class TestApproving:
    def test_one_site_after_a_confirmation(self, login, city_staff, ready):
        client = login(city_staff)
        assert approve_page(ready) in text(client.get(page_of(ready)))
        assert "将批准 1 个项目点" in text(client.get(approve_page(ready)))
        assert not ProjectSite.objects.approved().exists()
        assert "批准 1 个，共 1 个" in text(client.post(approve_page(ready)))
        assert ready.reports.count() == 7
        assert "不必重复批准" in text(client.post(approve_page(ready)))

    def test_with_number_and_date_of_the_decision(self, login, city_staff, ready):
        decision = {"document_number": "皖妇〔2026〕31号", "decided_on": "2026-09-10"}
        assert "批准 1 个，共 1 个" in text(login(city_staff).post(approve_page(ready), decision))
        step = ready.nomination_steps.get(verb="approved")
        assert (step.document_number, f"{step.decided_on}") == ("皖妇〔2026〕31号", "2026-09-10")
        assert [report.month.month for report in ready.reports.order_by("month")] == [9, 10, 11, 12]

    @pytest.mark.parametrize("status", ["proposed", "submitted", "recommended", "declined"])
    def test_no_step_is_left_out_singly_or_together(self, login, city_staff, programme, tree, status):
        site, client = factories.proposed_site(programme, tree.village, status=status), login(city_staff)
        assert approve_page(site) not in text(client.get(page_of(site)))
        assert "现在都不能批准" in text(client.get(approve_page(site)))
        assert "批准 0 个，共 1 个" in text(client.post(approve_page(site)))
        data = {"action": "approve_selected", "_selected_action": [site.pk], "confirmed": "yes"}
        (outcome,) = client.post(LIST, data).context["outcomes"]
        assert "每一步都要按顺序来" in outcome.sentence
        assert not ProjectSite.objects.approved().exists()

    def test_together_with_a_result_per_row(self, login, city_staff, programme, tree, site):
        base = programme.creation_types.last()
        sites = [
            site,
            factories.site(programme, tree.far_village, creation_type=base, name="甲基地"),
            factories.site(programme, tree.other_village, creation_type=base, name="乙基地"),
        ]
        client = login(city_staff)
        data = {"action": "approve_selected", "_selected_action": [row.pk for row in sites]}
        page = text(client.post(LIST, data))
        assert "将批准 3 个项目点" in page
        assert "只剩 1 个，先列的先批" in page
        assert ProjectSite.objects.approved().count() == 1
        response = client.post(LIST, data | {"confirmed": "yes"})
        assert {outcome.site.name: outcome.sentence for outcome in response.context["outcomes"]} == {
            "山南镇小井庄村": "“山南镇小井庄村”已于 2026-11-22 批准，不必重复批准。",
            "甲基地": "已批准，日程和应报的月报已生成。",
            "乙基地": "皖嫂示范基地的名额是 1 个，已批准 1 个，不能再批准“乙基地”。",
        }
        assert "批准 1 个，共 3 个" in text(response)

    def test_no_button_when_nothing_can_be_approved(self, login, city_staff, programme, tree, site):
        base = programme.creation_types.last()
        approve_site(factories.site(programme, tree.far_village, creation_type=base), by=city_staff)
        second = factories.site(programme, tree.other_village, creation_type=base)
        client = login(city_staff)
        for hopeless in [site, second]:
            page = text(client.get(approve_page(hopeless)))
            assert "现在都不能批准" in page
            assert "确认批准" not in page

    def test_the_confirmation_reads_the_same_queries_for_1_and_30(
        self, login, city_staff, programme, tree, count_queries
    ):
        client = login(city_staff)
        sites = [factories.site(programme, tree.village)]
        data = {"action": "approve_selected", "_selected_action": [sites[0].pk]}
        one = count_queries(lambda: client.post(LIST, data))
        for number in range(29):
            village = factories.organization(f"村{number}", level=Level.VILLAGE, parent=tree.township)
            sites.append(factories.site(programme, village))
        data["_selected_action"] = [site.pk for site in sites]
        assert count_queries(lambda: client.post(LIST, data)) == one


def workbook(*rows, headings=HEADINGS) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    for row in [headings, *rows]:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("项目点.xlsx", out.getvalue())


NAME = "2026年示例建设项目"
GOOD = (NAME, "示范村", "340123105200", "山南镇小井庄村", "村妇联主席", "")


class TestImport:
    def upload(self, client, *rows, **kwargs):
        return client.post(f"{LIST}import/", {"import_file": workbook(*rows, **kwargs)})

    def confirm(self, client, preview):
        return client.post(f"{LIST}process_import/", {"token": preview.context["confirm_form"]["token"].value()})

    def test_nothing_is_written_before_the_confirmation_and_once_after(self, login, city_staff, programme, tree):
        client = login(city_staff)
        preview = self.upload(client, GOOD, (NAME, "示范社区", 340121103201, "吴山镇桥冲村", "", "2.5万元"))
        assert preview.context["result"].counts == "新增 2 行，修改 0 行，不变 0 行"
        assert not ProjectSite.objects.exists()
        assert not AuditEvent.objects.exists()
        assert self.confirm(client, preview).status_code == 302
        assert [(site.name, int(site.province_amount)) for site in ProjectSite.objects.order_by("pk")] == [
            ("山南镇小井庄村", 30000),
            ("吴山镇桥冲村", 25000),
        ]
        assert AuditEvent.objects.filter(action="新增项目点", actor_id=city_staff.pk).count() == 2
        self.confirm(client, preview)
        assert ProjectSite.objects.count() == 2

    def test_errors_stand_by_line_and_nothing_is_taken(self, login, city_staff, programme, tree, proposed):
        far = factories.organization("芜湖市", level=Level.CITY, parent=tree.province)
        factories.organization("远村", level=Level.VILLAGE, parent=far, code="340200000001")
        preview = self.upload(
            login(city_staff),
            (NAME, "示范镇", "340121103201", "吴山镇桥冲村", "", ""),
            (NAME, "示范村", "340200000001", "远村", "", ""),
            ("没有的批次", "示范村", "340123101204", "三河镇河口村", "", ""),
            (NAME, "示范村", "340123105000", "", "", "很多"),
            GOOD,
        )
        problems = {(problem.line, problem.heading): problem.message for problem in preview.context["result"].problems}
        assert problems[2, "创建类型"] == "本批次没有创建类型“示范镇”，可填：示范村、示范社区、皖嫂示范基地。"
        assert problems[3, "单位代码"] == "您的管辖范围内没有代码为“340200000001”的组织。"
        assert problems[4, "批次"] == "找不到“没有的批次”，请核对。"
        assert problems[5, "单位代码"] == "您的管辖范围内没有代码为“340123105000”的组织。"
        assert "不是数字" in problems[5, "专项资金（元）"]
        assert [message for (line, _), message in problems.items() if line == 6] == ["这个单位在本批次里已有项目点。"]
        assert preview.context["confirm_form"] is None
        assert ProjectSite.objects.count() == 1

    def test_a_unit_twice_in_the_list_is_refused(self, login, city_staff, programme, tree):
        preview = self.upload(login(city_staff), GOOD, GOOD)
        assert [(problem.line, problem.message) for problem in preview.context["result"].problems] == [
            (3, "这个单位在本批次里已有项目点。")
        ]

    def test_empty_cells_are_named(self, login, city_staff, programme, tree):
        preview = self.upload(login(city_staff), (NAME, "", "", "", "只有职务", ""))
        assert {problem.heading for problem in preview.context["result"].problems} == {
            "创建类型",
            "单位代码",
            "项目点名称",
        }

    def test_a_missing_column_is_said(self, login, city_staff, programme, tree):
        page = text(self.upload(login(city_staff), ["x"], headings=["批次"]))
        assert "表头缺少这些列：创建类型、单位代码、项目点名称。" in page

    def test_the_template_has_drop_downs_and_text_codes(self, login, city_staff, programme, tree):
        response = login(city_staff).get(f"{LIST}import/template/")
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
        assert [cell.value for cell in sheet[1]] == HEADINGS
        assert sheet.column_dimensions["C"].number_format == "@"
        assert {str(rule.sqref) for rule in sheet.data_validations.dataValidation} == {"A2:A501", "B2:B501"}

    def test_the_export_is_the_users_part(self, login, other_reviewer, city_staff, programme, tree, proposed):
        add_site(
            ProjectSite(
                programme=programme,
                creation_type=programme.creation_types.first(),
                organization=tree.far_village,
                name="吴山镇桥冲村",
            ),
            by=city_staff,
        )
        response = login(other_reviewer).get(f"{LIST}export/")
        rows = list(openpyxl.load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))
        assert [row[3] for row in rows] == ["项目点名称", "吴山镇桥冲村"]

    def test_confirming_by_address_is_a_post(self, login, city_staff):
        assert login(city_staff).get(f"{LIST}process_import/").status_code == 405
