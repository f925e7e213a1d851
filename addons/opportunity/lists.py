"""The lists that administrators edit, with the values that a new site starts with."""

from __future__ import annotations

from core.api import ListSpec, _, values_of

_LOST_REASONS = [
    ("price", "價格太高", "Price too high", "价格太高"),
    ("competitor", "選擇競爭對手", "Went to a competitor", "选择竞争对手"),
    ("budget", "預算取消", "Budget cancelled", "预算取消"),
    ("timing", "時程不合", "Wrong time", "时间不合"),
    ("specification", "規格不符", "Does not meet the specification", "规格不符"),
    ("no_answer", "客戶無回應", "No answer from the customer", "客户无回应"),
    ("other", "其他", "Other", "其他"),
]

_SOURCES = [
    ("visit", "拜訪發掘", "Found on a visit", "拜访发掘"),
    ("enquiry", "客戶詢價", "Enquiry of the customer", "客户询价"),
    ("repeat", "老客戶加購", "Repeat purchase", "老客户加购"),
    ("exhibition", "展覽", "Exhibition", "展会"),
    ("tender", "招標", "Tender", "招标"),
    ("referral", "客戶介紹", "Referral", "客户介绍"),
    ("other", "其他", "Other", "其他"),
]

LISTS = [
    ListSpec("opportunity.lost_reason", _("Reasons for losing"), values_of(_LOST_REASONS)),
    ListSpec("opportunity.source", _("Sources of opportunities"), values_of(_SOURCES)),
]
