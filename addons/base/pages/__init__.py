"""The organisation, roles, lists and settings, as pages."""

from __future__ import annotations

from addons.base.pages.department import DEPARTMENT
from addons.base.pages.leaving import LEAVING
from addons.base.pages.menu import MENU
from addons.base.pages.role import ROLE
from addons.base.pages.user import USER
from addons.base.views import blueprint
from core.api import Routes

PAGES = [*MENU, *USER, *LEAVING, *DEPARTMENT, *ROLE, Routes(blueprint=blueprint)]
