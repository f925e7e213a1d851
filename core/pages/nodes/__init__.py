"""The nodes of pages. An addon lists them in `PAGES` of its `pages.py`.

A *place* is a dotted name: `user.list`, `user.form.main`, `user.detail.tabs`. A contribution names its
place and, if it matters, the sibling that it comes `after` or `before`; a sibling that is not there means the end.
"""

from core.pages.nodes.actions import Action, Changed, ListAction, Made
from core.pages.nodes.alterations import Alteration, Hide, Move, Relabel
from core.pages.nodes.contribution import Contribution
from core.pages.nodes.dashboard import Card, Chart, DashboardPage, Figure
from core.pages.nodes.menu import Menu, MenuGroup, Routes
from core.pages.nodes.pages import (
    AnalysisPage,
    BoardPage,
    CalendarPage,
    Composer,
    DetailPage,
    FormPage,
    Lines,
    ListPage,
    Section,
)
from core.pages.nodes.parts import Column, Filter, FormField, Html, Notice, Panel, Remedy, Tab, TimelineSource, Totals
from core.pages.nodes.printing import MailDraft, Mailing, PrintTemplate

__all__ = [
    "Action",
    "Alteration",
    "AnalysisPage",
    "BoardPage",
    "CalendarPage",
    "Card",
    "Changed",
    "Chart",
    "Column",
    "Composer",
    "Contribution",
    "DashboardPage",
    "DetailPage",
    "Figure",
    "Filter",
    "FormField",
    "FormPage",
    "Hide",
    "Html",
    "Lines",
    "ListAction",
    "ListPage",
    "Made",
    "MailDraft",
    "Mailing",
    "Menu",
    "MenuGroup",
    "Move",
    "Notice",
    "Panel",
    "PrintTemplate",
    "Relabel",
    "Remedy",
    "Routes",
    "Section",
    "Tab",
    "TimelineSource",
    "Totals",
]
