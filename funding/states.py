from django.db.models import TextChoices


class FundSource(TextChoices):
    """Whose money it is (vocabulary: 资金来源). The province or the city gives a programme its money (`fund_source`);
    the four last ones match it."""

    PROVINCE = "province", "省级专项"
    CITY = "city", "市级"
    COUNTY = "county", "县级"
    TOWNSHIP = "township", "乡镇（街道）"
    VILLAGE = "village", "村（社区）"
    SOCIAL = "social", "社会"


class MatchingSource(TextChoices):
    """Where matching money comes from (S0: 县、乡镇、村自筹和社会捐助)."""

    COUNTY = FundSource.COUNTY.value, FundSource.COUNTY.label
    TOWNSHIP = FundSource.TOWNSHIP.value, FundSource.TOWNSHIP.label
    VILLAGE = FundSource.VILLAGE.value, FundSource.VILLAGE.label
    SOCIAL = FundSource.SOCIAL.value, FundSource.SOCIAL.label


MATCHING = [FundSource(source) for source in MatchingSource.values]
OF_PROGRAMME = [source for source in FundSource if source not in MATCHING]


class EntryKind(TextChoices):
    """Amounts that are never merged: what was promised is not what was issued, sent, received or spent."""

    COMMITTED = "committed", "承诺"
    ISSUED = "issued", "下达"
    MOVED_IN = "moved_in", "调入"
    MOVED_OUT = "moved_out", "调出"
    DISBURSED = "disbursed", "拨付"
    ARRIVED = "arrived", "到位"
    SPENT = "spent", "支出"
    REFUNDED = "refunded", "退回"


CASH_MOVEMENTS = [EntryKind.DISBURSED, EntryKind.ARRIVED, EntryKind.SPENT, EntryKind.REFUNDED]
INWARD, OUTWARD = [EntryKind.ARRIVED], [EntryKind.SPENT, EntryKind.REFUNDED]  # to and from the site's own account
IN_KIND = [EntryKind.COMMITTED, EntryKind.ARRIVED]  # 实物折价 is promised and received, never money
# Written by a document, never entered by hand and never reversed alone.
BY_DOCUMENT = [EntryKind.ISSUED, EntryKind.MOVED_IN, EntryKind.MOVED_OUT]


class TableStatus(TextChoices):
    DRAFT = "draft", "编制中"
    ISSUED = "issued", "已下达"
