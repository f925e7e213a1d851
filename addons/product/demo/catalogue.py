"""What the demo company sells: an automation supplier's components, machines and services."""

from __future__ import annotations

from dataclasses import dataclass

TOP = "零組件"
CATEGORIES: tuple[tuple[str, str | None], ...] = (
    (TOP, None),
    ("伺服與馬達", TOP),
    ("感測器", TOP),
    ("氣動元件", TOP),
    ("線性傳動", TOP),
    ("控制系統", None),
    ("整機設備", None),
    ("技術服務", None),
)
"""(name, the category above)."""


@dataclass(frozen=True, slots=True)
class Item:
    """A product of the demo company; prices in NT$ without tax."""

    code: str
    name: str
    unit: str
    price: int
    specification: str = ""
    is_on_sale: bool = True


ITEMS: dict[str, tuple[Item, ...]] = {
    "伺服與馬達": (
        Item("SV-0100", "伺服馬達 100W", "machine", 8_600, "額定轉速 3000 rpm，17 位元絕對型編碼器"),
        Item("SV-0400", "伺服馬達 400W", "machine", 11_800, "額定轉速 3000 rpm，17 位元絕對型編碼器"),
        Item("SV-0750", "伺服馬達 750W", "machine", 14_500, "額定轉速 3000 rpm，17 位元絕對型編碼器"),
        Item("SV-1500", "伺服馬達 1.5kW", "machine", 23_800, "額定轉速 2000 rpm，附煞車"),
        Item("SD-0400", "伺服驅動器 400W", "machine", 9_900, "脈波與 EtherCAT 介面，單相 220 V"),
        Item("SD-0750", "伺服驅動器 750W", "machine", 12_400, "脈波與 EtherCAT 介面，單相 220 V"),
        Item("SD-1500", "伺服驅動器 1.5kW", "machine", 18_600, "EtherCAT 介面，三相 220 V"),
        Item("ST-0057", "步進馬達 57 型", "piece", 1_650, "兩相 1.8 度，保持扭矩 1.2 N·m"),
        Item("ST-0086", "步進馬達 86 型", "piece", 3_200, "兩相 1.8 度，保持扭矩 4.5 N·m"),
        Item("GR-0510", "行星減速機 1:10", "machine", 9_200, "背隙 8 弧分以下"),
        Item("GR-0520", "行星減速機 1:20", "machine", 10_800, "背隙 8 弧分以下"),
        Item("CB-SV05", "伺服電纜 5 公尺", "piece", 1_150, "動力線與編碼器線各一條"),
    ),
    "感測器": (
        Item("SE-P105", "光電感測器 對照型", "set", 1_480, "檢測距離 10 m，NPN"),
        Item("SE-P103", "光電感測器 反射型", "piece", 980, "檢測距離 300 mm，NPN"),
        Item("SE-F200", "光纖放大器", "piece", 2_350, "雙數字顯示，響應 50 µs"),
        Item("SE-N012", "近接感測器 M12", "piece", 420, "檢測距離 4 mm，屏蔽型"),
        Item("SE-N018", "近接感測器 M18", "piece", 480, "檢測距離 8 mm，屏蔽型"),
        Item("SE-L030", "雷射位移感測器", "machine", 28_500, "量測範圍 ±5 mm，重複精度 1 µm"),
        Item("SE-W500", "荷重元 500 kg", "piece", 5_600, "精度 0.02 %，S 型"),
        Item("SE-T100", "溫度感測器 PT100", "piece", 760, "A 級，三線式"),
        Item("SE-S240", "安全光柵 240 mm", "set", 16_800, "Type 4，光軸間距 20 mm"),
        Item("SE-D090", "安全門開關", "piece", 3_850, "電磁鎖定式，24 VDC"),
    ),
    "氣動元件": (
        Item("PN-C032", "標準氣缸 32×100", "piece", 1_280, "雙動，附磁環"),
        Item("PN-C050", "標準氣缸 50×200", "piece", 2_150, "雙動，附磁環"),
        Item("PN-G016", "迷你滑台氣缸 16×30", "piece", 2_980, "精密導軌"),
        Item("PN-H020", "平行夾爪 20", "piece", 3_450, "夾持力 40 N"),
        Item("PN-V520", "五口二位電磁閥", "piece", 860, "24 VDC，配管 1/4"),
        Item("PN-V530", "五口三位電磁閥", "piece", 1_240, "中封型，24 VDC"),
        Item("PN-F200", "三點組合 1/4", "set", 1_560, "過濾、調壓、給油"),
        Item("PN-T006", "PU 氣管 6 mm", "roll", 620, "每捲 100 公尺"),
        Item("PN-E010", "真空產生器", "piece", 2_680, "最大真空 −90 kPa"),
    ),
    "線性傳動": (
        Item("LM-R015", "線性滑軌 15 型 500 mm", "set", 3_900, "含滑塊兩個，中預壓"),
        Item("LM-R020", "線性滑軌 20 型 1000 mm", "set", 6_800, "含滑塊兩個，中預壓"),
        Item("LM-B016", "滾珠螺桿 1605", "set", 4_600, "C7 級，長 600 mm，含螺帽"),
        Item("LM-B020", "滾珠螺桿 2010", "set", 5_900, "C7 級，長 800 mm，含螺帽"),
        Item("LM-M100", "直線模組 100 寬", "machine", 32_000, "行程 600 mm，重複定位 ±0.02 mm"),
        Item("LM-M140", "直線模組 140 寬", "machine", 45_500, "行程 1000 mm，重複定位 ±0.02 mm"),
        Item("LM-T005", "同步皮帶 HTD5M", "metre", 380, "寬 15 mm，鋼芯"),
        Item("LM-K020", "聯軸器 20×30", "piece", 540, "鋁合金，夾緊式"),
        Item("LM-X900", "直線馬達模組（停產）", "machine", 128_000, "行程 900 mm", is_on_sale=False),
    ),
    "控制系統": (
        Item("CT-P032", "可程式控制器 32 點", "machine", 12_800, "輸入 16 點、輸出 16 點，乙太網路"),
        Item("CT-P064", "可程式控制器 64 點", "machine", 19_600, "輸入 32 點、輸出 32 點，乙太網路"),
        Item("CT-M008", "運動控制器 8 軸", "machine", 46_000, "EtherCAT 主站"),
        Item("CT-H007", "人機介面 7 吋", "machine", 8_900, "1024×600，電容觸控"),
        Item("CT-H012", "人機介面 12 吋", "machine", 21_500, "1280×800，電容觸控"),
        Item("CT-I016", "遠端 I/O 模組 16 點", "piece", 4_200, "EtherCAT，IP20"),
        Item("CT-C220", "控制盤 標準型", "set", 68_000, "含配線、斷路器與電源供應器"),
        Item("CT-V500", "視覺檢測系統", "set", 158_000, "五百萬像素相機、鏡頭、光源與軟體"),
        Item("CT-R310", "舊款控制器（停產）", "machine", 15_400, is_on_sale=False),
    ),
    "整機設備": (
        Item("MC-PK06", "六軸機械手臂 6 kg", "machine", 880_000, "臂展 920 mm，含控制器與示教器"),
        Item("MC-SC04", "水平多關節機器人", "machine", 420_000, "臂長 400 mm，循環時間 0.42 秒"),
        Item("MC-CV10", "輸送機 1 公尺", "machine", 36_000, "皮帶寬 300 mm，變頻調速"),
        Item("MC-SF01", "自動鎖螺絲機", "machine", 265_000, "M2 至 M5，扭矩回授"),
        Item("MC-LB01", "自動貼標機", "machine", 318_000, "每分鐘 60 件，標籤寬 100 mm"),
        Item("MC-PL01", "棧板堆疊站", "lot", 1_850_000, "含手臂、夾具、安全圍籬與控制盤"),
    ),
    "技術服務": (
        Item("SR-INST", "安裝與試車", "day", 12_000, "工程師兩名，含差旅"),
        Item("SR-PROG", "程式設計", "hour", 1_800, "PLC、人機與運動控制"),
        Item("SR-TRNG", "教育訓練", "day", 15_000, "最多 12 人，含教材"),
        Item("SR-MNT1", "年度保養合約", "year", 96_000, "每季到廠一次，零件另計"),
        Item("SR-CALB", "感測器校正", "piece", 1_200, "附校正報告"),
    ),
}
