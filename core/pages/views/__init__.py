"""What templates receive: plain, resolved data, with access already applied and text already translated.

A page builder (`list.py`, `form.py`, `detail.py`) turns nodes, fields and records into these objects; a
template only lays them out. Nothing in here can reach the database, so a template can leak nothing.
All `str` labels are translated. All `html` values are `markupsafe.Markup`, built by `core.pages.cells`.
"""

from core.pages.views.analysis import AnalysisChart, AnalysisView, Bar
from core.pages.views.board import BoardCard, BoardColumn, BoardView
from core.pages.views.calendar import CalendarDay, CalendarEntry, CalendarView
from core.pages.views.composing import PickGroup, PickView
from core.pages.views.dashboard import CardView, FigureView
from core.pages.views.detail import (
    Change,
    Composer,
    DetailView,
    Fact,
    NoticeView,
    Panel,
    Pill,
    StatusStep,
    Tab,
    TabContent,
    TimelineEntry,
    WaitingView,
)
from core.pages.views.form import (
    ConflictView,
    Difference,
    FormFieldView,
    FormSection,
    FormView,
    Resemblance,
    Resemblances,
)
from core.pages.views.frame import Button, ErrorView, Frame, MenuGroup, MenuItem, Person, Toast
from core.pages.views.lines import LineCell, LineColumn, LineRow, LinesView
from core.pages.views.listing import Choice, Column, Empty, FilterChip, FilterField, ListView, Pager, Row, ViewsMenu
from core.pages.views.merging import (
    DuplicateGroup,
    DuplicateRecord,
    DuplicatesView,
    MergeOption,
    MergeRecord,
    MergeRow,
    MergeView,
)
from core.pages.views.tones import NO_HTML, Align, Tone

__all__ = [
    "NO_HTML",
    "Align",
    "AnalysisChart",
    "AnalysisView",
    "Bar",
    "BoardCard",
    "BoardColumn",
    "BoardView",
    "Button",
    "CalendarDay",
    "CalendarEntry",
    "CalendarView",
    "CardView",
    "Change",
    "Choice",
    "Column",
    "Composer",
    "ConflictView",
    "DetailView",
    "Difference",
    "DuplicateGroup",
    "DuplicateRecord",
    "DuplicatesView",
    "Empty",
    "ErrorView",
    "Fact",
    "FigureView",
    "FilterChip",
    "FilterField",
    "FormFieldView",
    "FormSection",
    "FormView",
    "Frame",
    "LineCell",
    "LineColumn",
    "LineRow",
    "LinesView",
    "ListView",
    "MenuGroup",
    "MenuItem",
    "MergeOption",
    "MergeRecord",
    "MergeRow",
    "MergeView",
    "NoticeView",
    "Pager",
    "Panel",
    "Person",
    "PickGroup",
    "PickView",
    "Pill",
    "Resemblance",
    "Resemblances",
    "Row",
    "StatusStep",
    "Tab",
    "TabContent",
    "TimelineEntry",
    "Toast",
    "Tone",
    "ViewsMenu",
    "WaitingView",
]
