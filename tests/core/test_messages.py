"""The catalogues of core and of each addon: complete, in step with the code, and in the words of their readers."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import Message
from jinja2 import TemplateSyntaxError

from core import messages
from core.messages import KEYWORDS, TRANSLATED

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = messages.folders(ROOT)
TAIWAN, MAINLAND = "zh_Hant_TW", "zh_Hans_CN"

NOT_IN_TAIWAN = re.compile(
    "保存|登錄|登陸|註銷|搜索|信息|用戶|默認|質量|文件夾|設置|屏幕|軟件|硬件|網絡|數據|字段|文檔|視頻|鼠標|菜單|打印|導出|導入"
    "|加載|刷新|賬號|賬戶|界面|點擊|鏈接|批量|隊列|服務器|程序|粘貼|剪切|撤銷|回收站|聯系|創建|添加|禁用|反饋|郵箱|短信|當前"
    "|返回值|運行|交互|電子表格|硬盤|內存|光標|瀏覽量|模塊|函數|脫敏"
)
NOT_ON_THE_MAINLAND = re.compile(
    "儲存|登入|登出|帳號|使用者|搜尋|搜寻|檔案|档案|欄位|栏位|設定|列印|匯出|匯入|網路|網站|資訊|資料"
)
TRADITIONAL = re.compile(
    "[們個這裡請選擇檢視編輯刪負責聯絡紀錄權開關閉變為嗎無與後從對時間點頁輸確認將嘗試圖錯誤稱職稅單訂]"
)

CHINESE = "\u3400-\u9fff"
HALF_WIDTH = re.compile(rf"[{CHINESE}」”）][,;?!.](?![\w|])|[!！]")
NO_SPACE = re.compile(rf"[{CHINESE}][A-Za-z0-9]|[A-Za-z0-9][{CHINESE}]")


def in_both(test: object) -> object:
    return pytest.mark.parametrize("locale", TRANSLATED)(
        pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)(test)  # type: ignore[type-var]
    )


def translated(folder: Path, locale: str) -> Iterator[tuple[str, str]]:
    """(source, translation) of every form that is stored."""
    for message in messages.read(folder, locale):
        if message.id:
            source = message.id if isinstance(message.id, str) else message.id[-1]
            forms = [message.string] if isinstance(message.string, str) else message.string
            yield from ((source, form) for form in forms)


def sources() -> Iterator[tuple[Path, ast.Call]]:
    """Every call in the product that marks a text."""
    for folder in FOLDERS:
        for path in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
                    yield path, node


def key(message: Message) -> tuple[object, object]:
    return message.context, message.id


@in_both
def test_catalogue_is_complete(folder: Path, locale: str) -> None:
    assert messages.missing(folder, locale) == []


@in_both
def test_catalogue_is_in_step_with_the_code(folder: Path, locale: str) -> None:
    stored = {key(message) for message in messages.read(folder, locale)}
    marked = {key(message) for message in messages.extract(folder)}

    assert stored == marked, "run 9kcrm messages"


@in_both
def test_translation_has_the_placeholders_of_its_source(folder: Path, locale: str) -> None:
    number = {"{count}", "%(num)s"}

    wrong = [
        form
        for source, form in translated(folder, locale)
        if messages.placeholders(form) | number != messages.placeholders(source) | number
    ]

    assert wrong == []


@in_both
def test_translation_keeps_to_full_width_punctuation(folder: Path, locale: str) -> None:
    wrong = [form for _source, form in translated(folder, locale) if HALF_WIDTH.search(form)]

    assert wrong == []


@in_both
def test_translation_sets_latin_words_and_numbers_off(folder: Path, locale: str) -> None:
    wrong = [
        form
        for _source, form in translated(folder, locale)
        if NO_SPACE.search(re.sub(r"[%{][({]?\w+[)}]?s?", "", form))
    ]

    assert wrong == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_catalogue_of_taiwan_has_no_mainland_terms(folder: Path) -> None:
    wrong = [form for _source, form in translated(folder, TAIWAN) if NOT_IN_TAIWAN.search(form)]

    assert wrong == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_catalogue_of_the_mainland_has_no_taiwanese_terms(folder: Path) -> None:
    wrong = [
        form
        for _source, form in translated(folder, MAINLAND)
        if TRADITIONAL.search(form) or NOT_ON_THE_MAINLAND.search(form)
    ]

    assert wrong == []


@pytest.mark.parametrize("locale", TRANSLATED)
def test_text_means_the_same_in_every_folder(locale: str) -> None:
    """Catalogues are merged: a text that one folder translates otherwise would change the others. Give it a context."""
    known: dict[tuple[object, object], object] = {}

    wrong = [
        message.id
        for folder in FOLDERS
        for message in messages.read(folder, locale)
        if message.id and known.setdefault(key(message), message.string) != message.string
    ]

    assert wrong == []


def test_every_marked_text_is_written_where_it_is_marked() -> None:
    """What is put together at run time, or kept in a variable, cannot be found and would stay English."""
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, node in sources()
        if path.name not in ("i18n.py", "templating.py") and not (node.args and isinstance(node.args[0], ast.Constant))
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Roles of {name}", {"{name}"}),
        ("Roles of %(name)s", {"%(name)s"}),
        ("{n} of %(total)s", {"{n}", "%(total)s"}),
        ("nothing", set()),
        ("a lone { brace", set()),
    ],
)
def test_placeholders_are_found_in_both_notations(text: str, expected: set[str]) -> None:
    assert messages.placeholders(text) == expected


@pytest.fixture
def addon(tmp_path: Path) -> Path:
    """An addon with texts of every kind."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "models.py").write_text(
        'label = _("Name")\n'
        'owner = pgettext("person", "Name")\n'
        "shown = f'<b>{_(\"Inside\")}</b>'\n"
        'count = ngettext("{count} day", "{count} days", 3)\n'
    )
    (tmp_path / "templates" / "page.html").write_text(
        '{{ _("Hello %(name)s", name=n) }} {{ ngettext("%(num)s row", "%(num)s rows", n) }}\n'
        "{% do x.append(1) %}{% trans %}\n  In a\n  block\n{% endtrans %}\n"
    )
    return tmp_path


def test_texts_are_found_in_code_and_templates(addon: Path) -> None:
    found = {key(message) for message in messages.extract(addon) if message.id}

    assert found == {
        (None, "Name"),
        ("person", "Name"),
        (None, "Inside"),
        (None, ("{count} day", "{count} days")),
        (None, "Hello %(name)s"),
        (None, ("%(num)s row", "%(num)s rows")),
        (None, "In a block"),
    }


def test_template_that_cannot_be_read_is_not_passed_over(addon: Path) -> None:
    (addon / "templates" / "broken.html").write_text('{% if %}{{ _("Lost") }}')

    with pytest.raises(TemplateSyntaxError):
        messages.extract(addon)


def test_update_writes_what_is_to_translate(addon: Path) -> None:
    lacking = messages.update(addon)

    assert lacking == {TAIWAN: 7, MAINLAND: 7}
    assert len(messages.missing(addon, TAIWAN)) == 7


def test_update_keeps_translations_and_drops_what_is_gone(addon: Path) -> None:
    messages.update(addon)
    catalogue = messages.read(addon, TAIWAN)
    catalogue.get("Name", "person").string = "姓名"  # type: ignore[union-attr]
    catalogue.add("Gone", "已移除")
    messages.write(addon, catalogue)

    messages.update(addon)

    stored = messages.read(addon, TAIWAN)
    assert stored.get("Name", "person").string == "姓名"  # type: ignore[union-attr]
    assert stored.get("Gone") is None


def test_update_changes_nothing_in_a_catalogue_that_is_in_step(addon: Path) -> None:
    messages.update(addon)
    path = messages.path_of(addon, TAIWAN)
    before = path.read_bytes()

    messages.update(addon)

    assert path.read_bytes() == before


@pytest.mark.parametrize("wrong", ["您好 {name}", "您好 %(nmae)s", "您好"])
def test_translation_with_other_placeholders_counts_as_missing(addon: Path, wrong: str) -> None:
    messages.update(addon)
    catalogue = messages.read(addon, TAIWAN)
    catalogue.get("Hello %(name)s").string = wrong  # type: ignore[union-attr]
    messages.write(addon, catalogue)

    assert "Hello %(name)s" in messages.missing(addon, TAIWAN)
