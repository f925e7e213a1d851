"""What kinds of machines there are."""

from __future__ import annotations

from core.api import ListSpec, _, values_of

LISTS = [
    ListSpec(
        "equipment.kind",
        _("Kind of machine"),
        values_of(
            [
                ("printer", "印表機", "Printer", "打印机"),
                ("server", "伺服器", "Server", "服务器"),
                ("machine_tool", "工具機", "Machine tool", "机床"),
            ]
        ),
    ),
]
