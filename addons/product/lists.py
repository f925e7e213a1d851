"""The lists that administrators edit, with the values that a new site starts with."""

from __future__ import annotations

from core.api import ListSpec, _, values_of

_UNITS = [
    ("piece", "個", "Piece", "个"),
    ("set", "組", "Set", "套"),
    ("machine", "台", "Machine", "台"),
    ("box", "盒", "Box", "盒"),
    ("roll", "捲", "Roll", "卷"),
    ("metre", "公尺", "Metre", "米"),
    ("kilogram", "公斤", "Kilogram", "公斤"),
    ("litre", "公升", "Litre", "升"),
    ("hour", "小時", "Hour", "小时"),
    ("day", "天", "Day", "天"),
    ("lot", "式", "Lump sum", "项"),
    ("year", "年", "Year", "年"),
]

LISTS = [ListSpec("product.unit", _("Units"), values_of(_UNITS))]
