from django.db.models import TextChoices


class MatchingSource(TextChoices):
    """Where matching money comes from (S0: 县、乡镇、村自筹和社会捐助)."""

    COUNTY = "county", "县级"
    TOWNSHIP = "township", "乡镇（街道）"
    VILLAGE = "village", "村（社区）"
    SOCIAL = "social", "社会"


class TableStatus(TextChoices):
    DRAFT = "draft", "编制中"
    ISSUED = "issued", "已下达"
