"""Where the demo company's customers are: seven cities with districts and roads that exist, house numbers that need
not."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class City:
    """A city: its code in the list of regions, its name, its dialling code, and (district, roads)."""

    code: str
    name: str
    dialling: str
    districts: tuple[tuple[str, tuple[str, ...]], ...]


CITIES = (
    City(
        "taipei",
        "台北市",
        "02",
        (
            ("內湖區", ("瑞光路", "洲子街", "舊宗路二段", "新湖二路", "港墘路")),
            ("南港區", ("三重路", "園區街", "忠孝東路七段")),
            ("中山區", ("南京東路三段", "松江路", "復興北路")),
            ("北投區", ("大業路", "立德路")),
        ),
    ),
    City(
        "new_taipei",
        "新北市",
        "02",
        (
            ("新莊區", ("五權一路", "五工五路", "思源路", "化成路")),
            ("土城區", ("中央路四段", "自強街", "承天路")),
            ("五股區", ("五工路", "五權路", "成泰路一段")),
            ("汐止區", ("新台五路一段", "大同路一段")),
            ("中和區", ("建一路", "中正路", "連城路")),
            ("樹林區", ("俊英街", "佳園路二段")),
        ),
    ),
    City(
        "taoyuan",
        "桃園市",
        "03",
        (
            ("龜山區", ("文化一路", "復興三路", "頂湖路", "萬壽路一段")),
            ("中壢區", ("中園路", "吉林路", "合江路", "自強一路")),
            ("蘆竹區", ("南山路二段", "南崁路", "長安路一段")),
            ("平鎮區", ("南豐路", "工業二路", "延平路二段")),
            ("楊梅區", ("電研路", "和平路", "中山北路一段")),
        ),
    ),
    City(
        "hsinchu_city",
        "新竹市",
        "03",
        (
            ("東區", ("力行路", "園區二路", "研新一路", "光復路一段", "公道五路二段")),
            ("香山區", ("牛埔路", "中華路四段", "五福路二段")),
            ("北區", ("經國路一段", "中正路")),
        ),
    ),
    City(
        "taichung",
        "台中市",
        "04",
        (
            ("西屯區", ("工業區一路", "科園路", "台灣大道四段", "安和路")),
            ("南屯區", ("精科路", "工業區二十三路", "永春東路")),
            ("大里區", ("仁化路", "工業路", "中興路一段")),
            ("神岡區", ("神林路", "中山路", "五權路")),
            ("大雅區", ("科雅路", "中清路四段")),
            ("太平區", ("中山路三段", "永豐路", "光興路")),
        ),
    ),
    City(
        "tainan",
        "台南市",
        "06",
        (
            ("永康區", ("環工路", "中正路", "永科二路", "中山南路")),
            ("安南區", ("科技一路", "工業三路", "本原街一段")),
            ("新市區", ("南科三路", "大順六路")),
            ("仁德區", ("中山路", "保安路一段", "太子路")),
            ("安平區", ("新樂路", "健康三街")),
        ),
    ),
    City(
        "kaohsiung",
        "高雄市",
        "07",
        (
            ("岡山區", ("本工路", "本洲路", "介壽東路")),
            ("路竹區", ("路科五路", "中山路")),
            ("前鎮區", ("擴建路", "成功二路", "新衙路")),
            ("仁武區", ("鳳仁路", "水管路", "仁心路")),
            ("大寮區", ("莒光三路", "華東路", "鳳屏一路")),
            ("小港區", ("沿海一路", "中安路")),
        ),
    ),
)

NORTH = frozenset({"taipei", "new_taipei", "taoyuan", "hsinchu_city"})
"""The cities of the northern department; the others are the south's."""


def address(random: Random, city: City) -> str:
    """An address that could be: 桃園市龜山區文化一路 126 號 3 樓."""
    district, roads = random.choice(city.districts)
    floor = f" {random.randint(2, 9)} 樓" if random.random() < 0.3 else ""
    return f"{city.name}{district}{random.choice(roads)} {random.randint(3, 398)} 號{floor}"


def landline(random: Random, city: City) -> str:
    """A telephone number with as many digits as the city's have."""
    if city.dialling in ("02", "04"):
        head = random.randint(2200, 2999) if city.dialling == "02" else random.randint(2200, 2799)
        return f"{city.dialling}-{head}-{random.randint(1000, 9899)}"
    head = random.randint(301, 499) if city.dialling == "03" else random.randint(201, 399)
    head = random.randint(601, 799) if city.dialling == "07" else head
    return f"{city.dialling}-{head}-{random.randint(1000, 9899)}"


def mobile(random: Random) -> str:
    """A mobile number."""
    head = random.choice(("0910", "0912", "0918", "0921", "0928", "0932", "0935", "0953", "0963", "0975", "0988"))
    return f"{head}-{random.randint(100, 989)}-{random.randint(100, 989)}"
