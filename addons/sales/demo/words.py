"""The words of the demo: what is offered together, on which terms, and what people note about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Package:
    """Products that are sold together, with their quantities; `extra` is a line of free text with its price."""

    name: str
    items: tuple[tuple[str, int], ...]
    extra: tuple[str, int] | None = None
    fits: tuple[str, ...] = ()
    """Words in the name of an opportunity that this is about."""


PACKAGES = (
    Package(
        "上下料機器人工作站",
        (("MC-PK06", 1), ("PN-H020", 2), ("SE-S240", 2), ("CT-C220", 1), ("SR-INST", 4), ("SR-TRNG", 1)),
        ("客製夾爪設計與製作", 68_000),
        ("上下料", "手臂", "取放", "焊接", "自動化設備"),
    ),
    Package(
        "輸送線擴充",
        (("MC-CV10", 6), ("SE-P105", 12), ("CT-P032", 1), ("CT-C220", 1), ("SR-INST", 3)),
        ("現場拆除與定位", 24_000),
        ("輸送", "分揀", "搬運", "插件線", "組裝"),
    ),
    Package(
        "自動鎖螺絲站",
        (("MC-SF01", 1), ("LM-M100", 2), ("CT-H007", 1), ("SR-PROG", 16), ("SR-INST", 1)),
        fits=("扭力", "點膠", "治具"),
    ),
    Package(
        "貼標包裝線",
        (("MC-LB01", 1), ("MC-CV10", 2), ("SE-P103", 6), ("CT-H012", 1), ("SR-INST", 2), ("SR-TRNG", 1)),
        fits=("包裝", "秤重", "條碼", "第二條產線"),
    ),
    Package(
        "棧板堆疊站",
        (("MC-PL01", 1), ("SE-S240", 2), ("SE-D090", 2), ("SR-INST", 6), ("SR-TRNG", 2)),
        fits=("堆疊",),
    ),
    Package(
        "視覺檢測站",
        (("CT-V500", 1), ("LM-M140", 1), ("SE-F200", 2), ("SR-PROG", 24), ("SR-INST", 2)),
        ("打光治具與遮光罩", 18_000),
        ("檢測", "AOI", "檢查"),
    ),
    Package(
        "伺服系統汰換",
        (("SV-0750", 6), ("SD-0750", 6), ("GR-0510", 6), ("CB-SV05", 6), ("SR-INST", 2)),
        fits=("伺服", "減速機", "驅動器", "送料"),
    ),
    Package(
        "控制系統更新",
        (("CT-M008", 1), ("CT-P064", 1), ("CT-H012", 1), ("CT-I016", 6), ("SR-PROG", 40), ("SR-INST", 2)),
        fits=("控制器", "監控", "五軸"),
    ),
    Package(
        "年度備品採購",
        (("PN-C032", 20), ("PN-V520", 16), ("SE-N012", 30), ("PN-T006", 5), ("LM-T005", 30)),
        fits=("備品", "真空"),
    ),
    Package(
        "感測器追加",
        (("SE-P105", 10), ("SE-N018", 20), ("SE-L030", 2), ("SR-CALB", 2)),
        fits=("感測器",),
    ),
    Package(
        "年度保養合約",
        (("SR-MNT1", 2), ("SR-CALB", 12)),
        fits=("維護", "保養", "合約"),
    ),
    Package(
        "線性模組與滾珠螺桿",
        (("LM-R020", 8), ("LM-B020", 4), ("LM-K020", 8), ("LM-M100", 2)),
        ("鋁擠型機架", 32_000),
        ("平台", "去毛邊", "模組"),
    ),
)


@dataclass(frozen=True, slots=True)
class Terms:
    """Payment terms to be: their instalments as (name, percent, event, days, from the end of the month)."""

    name: str
    steps: tuple[tuple[str, int, str, int, bool], ...]
    note: str = ""


TERMS = (
    Terms("月結 30 天", (("貨款", 100, "delivery", 30, True),)),
    Terms("月結 60 天", (("貨款", 100, "delivery", 60, True),), "長期往來客戶適用。"),
    Terms("訂金 50%、交貨 50%", (("訂金", 50, "order", 7, False), ("交貨款", 50, "delivery", 30, False))),
    Terms(
        "訂金 30%、交貨 60%、驗收 10%",
        (
            ("訂金", 30, "order", 7, False),
            ("交貨款", 60, "delivery", 30, False),
            ("驗收款", 10, "acceptance", 30, False),
        ),
        "設備案的標準條件。",
    ),
    Terms(
        "分四期：30／30／30／10",
        (
            ("訂金", 30, "order", 7, False),
            ("期中款", 30, "order", 45, False),
            ("交貨款", 30, "delivery", 30, False),
            ("驗收款", 10, "acceptance", 30, False),
        ),
        "金額較大或分批交貨時使用，需業務主管同意。",
    ),
)
CASH_TERMS = Terms("貨到付款", (("貨款", 100, "delivery", 0, False),), "新客戶第一次交易。")

DELIVERIES = ("送達貴廠指定地點", "送達貴廠並定位", "工廠交貨，運費另計", "依貴廠停機時間分批進場")
CONDITIONS = (
    "一、交期自收到訂金日起算。\n二、設備保固一年，耗材與人為損壞除外。\n三、本報價不含水電氣配管。",
    "一、以上價格含一般包裝與運費。\n二、保固期間十二個月，自驗收合格日起算。",
    "一、安裝以一般上班時間計，夜間或假日施工另計。\n二、圖面經貴公司簽認後始安排製作。",
)
NOTES = (
    "客戶希望月底前拿到正式報價，主管已先口頭同意價格。",
    "競爭對手報價約低 3%，但交期較長。",
    "採購說總價要好看，單項可以不動。",
    "交期請生管先確認減速機庫存。",
    "已和工程確認動線，護欄數量以現場量測為準。",
)
DECLINED = (
    "客戶選擇原供應商，價格差約 8%。",
    "案子延到明年，預算今年不動支。",
    "交期無法配合客戶的量產時程。",
    "客戶改為自行整合，只向我們詢問零件。",
    "規格變更，客戶重新招標。",
)
VOIDED_QUOTE = "客戶名稱開錯，重新報價。"
VOIDED_ORDER = "客戶取消擴廠計畫，訂金尚未支付，雙方同意作廢。"
REVISED = ("依客戶要求調整數量。", "議價後修正折扣。", "增加教育訓練一天。")

CONTRACTS = {
    "SR-MNT1": "年度保養服務契約",
    "MC-PL01": "棧板堆疊設備買賣契約",
    "MC-PK06": "機器人工作站買賣契約",
    "CT-V500": "視覺檢測設備買賣契約",
    "MC-CV10": "輸送設備買賣契約",
}
CONTRACT = "設備採購契約"
ENDED = ("客戶產線外移，雙方同意提前終止。", "改簽集團框架契約，本約終止。", "客戶停止該產品線，提前結束。")
