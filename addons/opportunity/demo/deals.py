"""The words of the demo: pipelines and their stages, what is sold, and why it was not."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage to be."""

    name: str
    probability: int
    stale_days: int | None
    required: tuple[str, ...] = ()
    backwards: str = "everyone"
    tone: str = "accent"


PIPELINES = (
    (
        "新客戶開發",
        (
            Stage("初步接觸", 10, 21, tone="neutral"),
            Stage("需求確認", 25, 21, ("contact_id",)),
            Stage("方案規劃", 40, 28, ("contact_id", "amount")),
            Stage("報價議價", 60, 14, ("amount", "expected_close_on"), "granted", "warning"),
            Stage("合約簽訂", 85, 10, ("amount", "expected_close_on"), "granted", "positive"),
        ),
    ),
    (
        "既有客戶加購",
        (
            Stage("提出需求", 30, 14, tone="neutral"),
            Stage("詢價報價", 60, 14, ("amount",)),
            Stage("確認訂購", 90, 7, ("amount", "expected_close_on"), "granted", "positive"),
        ),
    ),
)

_THINGS = {
    "semiconductor": ("晶圓搬運模組", "無塵室輸送線", "真空吸盤組"),
    "electronics": ("SMT 上下料機", "自動插件線", "AOI 檢測站"),
    "optoelectronics": ("面板搬運手臂", "點膠平台", "光學檢測台"),
    "machinery": ("伺服驅動器換裝", "減速機採購", "五軸工作台"),
    "metal": ("沖床送料線", "機械手臂取放", "去毛邊站"),
    "automotive": ("焊接治具", "扭力檢測站", "組裝輸送線"),
    "food": ("包裝線改造", "秤重分選機", "棧板堆疊站"),
    "logistics": ("自動分揀線", "無人搬運車", "條碼掃描站"),
}
_USUAL = ("自動化設備", "控制器汰換", "產線監控系統", "輸送帶工程", "伺服馬達採購")
_AGAIN = ("年度備品", "第二條產線", "維護合約續約", "感測器追加", "控制器擴充")


def deal_name(random: Random, industry: str | None, *, is_repeat: bool) -> str:
    """What such a customer might buy."""
    things: tuple[str, ...] = _AGAIN if is_repeat else (*_THINGS.get(industry or "", ()), *_USUAL)
    return random.choice(things)


LOST_NOTES = (
    ("price", "比對手高約一成，總經理不同意再降。"),
    ("competitor", "選擇原供應商，對方提供三年保固。"),
    ("budget", "集團凍結資本支出，明年再談。"),
    ("timing", "交期趕不上年底試產。"),
    ("specification", "節拍要求 6 秒，我們只能做到 8 秒。"),
    ("no_answer", "連續兩個月聯繫不上窗口。"),
)
