"""Invented companies and people. Their numbers are valid, their domains end in .example and lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from addons.base.business_number import is_business_number

INDUSTRIES: dict[str, tuple[str, ...]] = {
    "semiconductor": ("半導體", "晶測科技", "微電子", "封測科技"),
    "electronics": ("電子", "電機", "精密電子", "電通科技"),
    "optoelectronics": ("光電", "光學", "顯示科技", "光電材料"),
    "machinery": ("精機", "機械", "工具機", "精密機械"),
    "metal": ("金屬", "精密工業", "五金", "鋼品"),
    "automotive": ("汽車零件", "車材", "傳動科技", "車電"),
    "plastics": ("塑膠", "橡塑", "精密模具", "射出科技"),
    "food": ("食品", "生技食品", "飲品", "冷凍食品"),
}
"""Industry → what companies of it are called."""

_FIRST = (
    "鼎澄 昱恆 禾鉅 旭崧 瀚擎 立駿 詠晟 沛豐 禹辰 泓盛 晉曜 岱宇 元湛 利穎 承岱 宥嘉 朔陽 凱沐 昇鋐 睿邦 "
    "展逸 駿騰 維曜 佑昕 勁峰 同翊 振亨 台榮 品崴 碩岳 廣淳 隆裕 宸光 聚豐 翔鈞 冠穎 大昕 鴻葳 信鉅 和璟 "
    "友崧 金禾 達暘 億鋒 恩澤 長昱 偉勝 建澄 弘毅 富鈞 嘉緯 耀庭 銓興 敦品 安拓 澄禾 博晉 永璨 合沛 亞騰"
)

_KINDS = ("股份有限公司", "股份有限公司", "股份有限公司", "有限公司", "工業股份有限公司", "企業有限公司")

_DOMAINS = (
    "dingcheng yuheng hejyu hsusung hancheng lijun yungsheng peifeng yuchen hungsheng chinyao daiyu yuanchan "
    "liying chengdai youjia shuoyang kaimu shenghung ruibang chanyi chunteng weiyao youhsin chingfeng tungyi "
    "chenheng tairong pinwei shuoyue kuangchun lungyu chenkuang chufeng hsiangchun kuanying tahsin hungwei "
    "hsinchu-precision hoching yousung chinho tayang yifeng enze changyu weisheng chiencheng hungyi fuchun "
    "chiawei yaoting chuanhsing tunpin antuo chengho pochin yungtsan hopei yateng"
)

_SURNAMES = {
    "陳": "chen",
    "林": "lin",
    "黃": "huang",
    "張": "chang",
    "李": "lee",
    "王": "wang",
    "吳": "wu",
    "劉": "liu",
    "蔡": "tsai",
    "楊": "yang",
    "許": "hsu",
    "鄭": "cheng",
    "謝": "hsieh",
    "郭": "kuo",
    "洪": "hung",
    "曾": "tseng",
    "邱": "chiu",
    "廖": "liao",
    "賴": "lai",
    "周": "chou",
    "葉": "yeh",
    "蘇": "su",
    "莊": "chuang",
    "江": "chiang",
    "呂": "lu",
    "何": "ho",
    "羅": "lo",
    "高": "kao",
    "潘": "pan",
    "簡": "chien",
}

_GIVEN = (
    "志豪 俊宏 建志 文雄 明德 國華 家銘 宗憲 信宏 冠廷 彥廷 柏宇 承翰 宇翔 哲瑋 偉倫 育誠 世昌 英傑 耀文 "
    "淑惠 美玲 雅婷 怡君 佳蓉 惠雯 玉華 靜宜 筱涵 佩珊 宜蓁 欣怡 婉婷 思妤 郁婷 麗娟 秀琴 曉雯 詩涵 雅琪 "
    "振宇 嘉文 永祥 士賢 立群 慶昌 火旺 進財 金龍 坤山 素貞 月娥 素珍 春美 凱文 宛庭 品妍 睿恩 致遠 浩然"
)


def companies(random: Random) -> Iterator[tuple[str, str, str, str]]:
    """(industry, name, short name, domain) without end, each only once."""
    seen: set[str] = set()
    pairs = list(zip(_FIRST.split(), _DOMAINS.split(), strict=True))
    while True:
        for industry, words in INDUSTRIES.items():
            first, domain = random.choice(pairs)
            short = first + random.choice(words)
            if first + industry in seen:
                continue
            seen.add(first + industry)
            yield industry, short + random.choice(_KINDS), short, f"{domain}-{industry[:4]}.example"


def people(random: Random) -> Iterator[tuple[str, str]]:
    """(name, local part of an address) without end, each name only once."""
    seen: set[str] = set()
    given = _GIVEN.split()
    while True:
        surname = random.choice(list(_SURNAMES))
        name = surname + random.choice(given)
        if name not in seen:
            seen.add(name)
            yield name, f"{_SURNAMES[surname]}.{random.choice('bcdefghjlmpstwy')}{random.choice('chylswf')}"


def business_numbers(random: Random) -> Iterator[str]:
    """Unified business numbers with a right check digit, each only once, of a range that is not in use."""
    seen: set[str] = set()
    while True:
        number = f"66{random.randint(100000, 999999)}"
        if number not in seen and is_business_number(number):
            seen.add(number)
            yield number
