"""The Excel list of proposed sites: what its columns are."""

from organizations.importexport import (
    AmountWidget,
    ChoiceWidget,
    Column,
    ListResource,
    NamedWidget,
    OrganizationWidget,
)
from organizations.importexport.widgets import cell_text
from organizations.models import Level
from projects.actions import add_site
from projects.models import CreationType, Programme, ProjectSite
from projects.states import SiteStatus

PROGRAMME, TYPE, CODE = "批次", "创建类型", "单位代码"
AMOUNT = "专项资金（元）"


def programmes_of(user):
    """Those to which the user may add sites."""
    return Programme.objects.within(user.scope_path)


def names_of_programmes(user) -> list[str]:
    return [programme.name for programme in programmes_of(user)]


def names_of_types(user) -> list[str]:
    return CreationType.objects.filter(programme__in=programmes_of(user)).names()


class CreationTypeWidget(NamedWidget):
    """A creation type of the row's programme; the refusal names those there are."""

    def __init__(self):
        super().__init__(rows=None)

    def clean(self, value, row=None, *, user=None, **kwargs):
        programmes = programmes_of(user).filter(name=cell_text(row.get(PROGRAMME)))
        types = {kind.name: kind for kind in CreationType.objects.filter(programme__in=programmes[:1])}
        name = cell_text(value)
        if name and types and name not in types:
            raise ValueError(f"本批次没有创建类型“{name}”，可填：{'、'.join(types)}。")
        return types.get(name)


class ProjectSiteResource(ListResource):
    """Lines are new sites; a unit that has one in the programme already is refused."""

    programme = Column(
        "programme",
        PROGRAMME,
        NamedWidget(lambda _row, user: programmes_of(user)),
        required=True,
        hint="批次的全称，从下拉列表中选择。",
        choices=names_of_programmes,
    )
    creation_type = Column(
        "creation_type",
        TYPE,
        CreationTypeWidget(),
        required=True,
        hint="本批次的创建类型之一。",
        choices=names_of_types,
    )
    organization = Column(
        "organization",
        CODE,
        OrganizationWidget(levels=[Level.VILLAGE, Level.UNIT]),
        required=True,
        hint="村（社区）的 12 位区划代码，或基地、车间等单位的代码，按文本填写。同一单位在同一批次里只能有一个项目点。",
    )
    name = Column("name", "项目点名称", required=True, hint="如：山南镇小井庄村。")
    leader_title = Column("leader_title", "负责人职务", hint="如：村妇联主席。可以不填。")
    province_amount = Column("province_amount", AMOUNT, AmountWidget(), hint="空着即按批次的标准。")
    county_name = Column("county_name", "县（市、区）", readonly=True)
    township_name = Column("township_name", "乡镇（街道）", readonly=True)
    village_name = Column("village_name", "村（社区、基地）", readonly=True)
    status = Column("status", "状态", ChoiceWidget(SiteStatus), readonly=True)

    max_rows = 500

    class Meta:
        model = ProjectSite
        fields = [
            "programme",
            "creation_type",
            "organization",
            "name",
            "leader_title",
            "province_amount",
            "county_name",
            "township_name",
            "village_name",
            "status",
        ]
        import_id_fields = []
        clean_model_instances = True

    def write(self, instance, *, is_new: bool) -> None:
        add_site(instance, by=self.user)
