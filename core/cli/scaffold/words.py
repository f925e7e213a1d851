"""What the new addon says, in 繁體中文 and 简体中文."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "Basic data": ("基本資料", "基本资料"),
    "Close": ("結案", "结案"),
    "Closed": ("已結案", "已结案"),
    "Closed on": ("結案日", "结案日"),
    "Due on": ("到期日", "到期日"),
    "Key facts": ("重點資訊", "重点信息"),
    "Name": ("名稱", "名称"),
    "Note": ("備註", "备注"),
    "Nothing is here yet. Add the first one.": ("目前還沒有資料，新增第一筆吧。", "目前还没有数据，新增第一条吧。"),
    "Open": ("未結案", "未结案"),
    "open": ("筆未結案", "条未结案"),
    "Other": ("其他", "其他"),
    "Overdue": ("已逾期", "已逾期"),
    "Owner": ("負責人", "负责人"),
    "Say in a sentence what it does for whoever enables it.": (
        "用一句話說明啟用後能做什麼。",
        "用一句话说明启用后能做什么。",
    ),
    "Something is still open here. Close it first.": ("還有未結案的資料，請先結案。", "还有未结案的数据，请先结案。"),
    "Terms": ("約定條件", "约定条件"),
    "This day is over already.": ("這一天已經過了。", "这一天已经过了。"),
    "This is closed already.": ("這筆資料已經結案了。", "这条数据已经结案了。"),
    "What was agreed, in a few words.": ("簡短寫下約定的內容。", "简短写下约定的内容。"),
}
