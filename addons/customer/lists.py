"""The lists that administrators edit, with the values that a new site starts with."""

from __future__ import annotations

from dataclasses import replace

from core.api import ListSpec, _, values_of

_LEVELS = [
    ("A", "A", "A", "A"),
    ("B", "B", "B", "B"),
    ("C", "C", "C", "C"),
    ("D", "D", "D", "D"),
]

LEVEL_MEANINGS = {
    "30": _("In touch every month"),
    "60": _("In touch every 2 months"),
    "90": _("In touch every 3 months"),
    "180": _("In touch every half year"),
    "365": _("In touch every year"),
    "0": _("In touch at will"),
}
"""Days without a visit after which a customer counts as quiet, 0 for never; administrators choose it per level."""

_RHYTHMS = {"A": "30", "B": "60", "C": "90", "D": "180"}

_STATUSES = [
    ("potential", "潛在", "Potential", "潜在"),
    ("intent", "意向", "Interested", "意向"),
    ("won", "成交", "Won", "成交"),
    ("lost", "流失", "Lost", "流失"),
    ("invalid", "無效", "Invalid", "无效"),
]

STATUS_MEANINGS = {
    "potential": _("Might become a customer"),
    "intent": _("Is interested"),
    "won": _("Has bought"),
    "lost": _("No longer buys"),
    "invalid": _("Is not worth following up"),
}
"""What automations go by, whatever an administrator calls the values."""

_INDUSTRIES = [
    ("semiconductor", "半導體", "Semiconductors", "半导体"),
    ("electronics", "電子零組件", "Electronic components", "电子元器件"),
    ("optoelectronics", "光電", "Optoelectronics", "光电"),
    ("machinery", "機械設備", "Machinery", "机械设备"),
    ("metal", "金屬加工", "Metalworking", "金属加工"),
    ("automotive", "汽車零組件", "Automotive parts", "汽车零部件"),
    ("plastics", "塑膠橡膠", "Plastics and rubber", "塑料橡胶"),
    ("food", "食品飲料", "Food and drink", "食品饮料"),
    ("textile", "紡織", "Textiles", "纺织"),
    ("medical", "醫療器材", "Medical devices", "医疗器械"),
    ("chemical", "化工", "Chemicals", "化工"),
    ("logistics", "物流倉儲", "Logistics", "物流仓储"),
    ("trade", "批發零售", "Wholesale and retail", "批发零售"),
    ("other", "其他", "Other", "其他"),
]

_SOURCES = [
    ("referral", "客戶介紹", "Referral", "客户介绍"),
    ("exhibition", "展覽", "Exhibition", "展会"),
    ("website", "官方網站", "Website", "官方网站"),
    ("enquiry", "來電洽詢", "Telephone enquiry", "来电咨询"),
    ("cold_call", "陌生開發", "Cold call", "陌生拜访"),
    ("partner", "合作夥伴", "Partner", "合作伙伴"),
    ("advertising", "廣告", "Advertising", "广告"),
    ("other", "其他", "Other", "其他"),
]

_REGIONS = [
    ("taipei", "台北市", "Taipei City", "台北市"),
    ("new_taipei", "新北市", "New Taipei City", "新北市"),
    ("keelung", "基隆市", "Keelung City", "基隆市"),
    ("taoyuan", "桃園市", "Taoyuan City", "桃园市"),
    ("hsinchu_city", "新竹市", "Hsinchu City", "新竹市"),
    ("hsinchu_county", "新竹縣", "Hsinchu County", "新竹县"),
    ("miaoli", "苗栗縣", "Miaoli County", "苗栗县"),
    ("taichung", "台中市", "Taichung City", "台中市"),
    ("changhua", "彰化縣", "Changhua County", "彰化县"),
    ("nantou", "南投縣", "Nantou County", "南投县"),
    ("yunlin", "雲林縣", "Yunlin County", "云林县"),
    ("chiayi_city", "嘉義市", "Chiayi City", "嘉义市"),
    ("chiayi_county", "嘉義縣", "Chiayi County", "嘉义县"),
    ("tainan", "台南市", "Tainan City", "台南市"),
    ("kaohsiung", "高雄市", "Kaohsiung City", "高雄市"),
    ("pingtung", "屏東縣", "Pingtung County", "屏东县"),
    ("yilan", "宜蘭縣", "Yilan County", "宜兰县"),
    ("hualien", "花蓮縣", "Hualien County", "花莲县"),
    ("taitung", "台東縣", "Taitung County", "台东县"),
    ("penghu", "澎湖縣", "Penghu County", "澎湖县"),
    ("kinmen", "金門縣", "Kinmen County", "金门县"),
    ("lienchiang", "連江縣", "Lienchiang County", "连江县"),
]

_TAGS = [
    ("key_account", "重點客戶", "Key account", "重点客户"),
    ("long_term", "長期合作", "Long-term partner", "长期合作"),
    ("price_sensitive", "價格敏感", "Price-sensitive", "价格敏感"),
    ("technical", "重視技術", "Technology first", "重视技术"),
    ("expanding", "擴廠中", "Expanding", "扩厂中"),
    ("competitor", "使用競品", "Uses a competitor's product", "使用竞品"),
]

_ROLES = [
    ("decision_maker", "決策者", "Decision-maker", "决策者"),
    ("influencer", "影響者", "Influencer", "影响者"),
    ("purchasing", "採購窗口", "Purchasing", "采购窗口"),
    ("technical", "技術評估", "Technical evaluation", "技术评估"),
    ("user", "實際使用者", "User", "实际用户"),
    ("finance", "財務窗口", "Finance", "财务窗口"),
    ("supporter", "內部支持者", "Supporter", "内部支持者"),
]

_METHODS = [
    ("visit", "拜訪", "Visit", "拜访"),
    ("phone", "電話", "Phone call", "电话"),
    ("line", "LINE", "LINE", "LINE"),
    ("email", "電子郵件", "E-mail", "电子邮件"),
    ("meeting", "會議", "Meeting", "会议"),
]

_PHRASES = [
    ("routine", "例行聯繫，近況正常。", "Routine contact, nothing new.", "例行联系，近况正常。"),
    ("catalogue", "介紹產品，留下型錄。", "Presented products, left a catalogue.", "介绍产品，留下型录。"),
    ("needs", "了解需求與預算。", "Learnt about needs and budget.", "了解需求与预算。"),
    ("quote", "說明報價，待客戶回覆。", "Explained the quote, waiting for an answer.", "说明报价，待客户回复。"),
    ("absent", "未聯繫上，改日再聯繫。", "Not reached, to be tried again.", "未联系上，改日再联系。"),
    ("complaint", "反映問題，已轉相關部門。", "Raised a problem, passed on.", "反映问题，已转相关部门。"),
]

LISTS = [
    ListSpec(
        "customer.level",
        _("Customer levels"),
        [replace(v, meaning=_RHYTHMS[v.code]) for v in values_of(_LEVELS, {"A": "positive", "B": "accent"})],
        meanings=LEVEL_MEANINGS,
    ),
    ListSpec(
        "customer.status",
        _("Customer statuses"),
        values_of(_STATUSES, {"intent": "accent", "won": "positive", "lost": "negative", "invalid": "neutral"}),
        meanings=STATUS_MEANINGS,
    ),
    ListSpec("customer.industry", _("Industries"), values_of(_INDUSTRIES)),
    ListSpec("customer.source", _("Customer sources"), values_of(_SOURCES)),
    ListSpec("customer.region", _("Regions"), values_of(_REGIONS)),
    ListSpec(
        "customer.tag",
        _("Customer tags"),
        values_of(_TAGS, {"key_account": "accent", "competitor": "warning"}),
    ),
    ListSpec("contact.role", _("Parts in the decision"), values_of(_ROLES, {"decision_maker": "accent"})),
    ListSpec("visit.method", _("Visit methods"), values_of(_METHODS, {"visit": "accent"})),
    ListSpec("visit.phrase", _("Phrases for visits"), values_of(_PHRASES)),
]
