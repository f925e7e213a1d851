"""The groups of the side menu, and what administrators find in the last one."""

from __future__ import annotations

from core.api import Department, Menu, MenuGroup, Role, User, _, pgettext

MENU = [
    MenuGroup(key="office", label=_("My office"), icon="layout-dashboard", position=10),
    MenuGroup(key="customers", label=pgettext("menu", "Customers"), icon="building", position=20),
    MenuGroup(key="pool", label=_("Customer pool"), icon="recycle", position=30),
    MenuGroup(key="sales", label=pgettext("menu", "Sales"), icon="chart-line", position=40),
    MenuGroup(key="products", label=pgettext("menu", "Products"), icon="package", position=50),
    MenuGroup(key="reports", label=_("Reports and analysis"), icon="chart-bar", position=60),
    MenuGroup(key="settings", label=_("System settings"), icon="settings", position=1000),
    Menu(group="settings", key="user", label=_("Users"), icon="users", model=User, position=10),
    Menu(
        group="settings",
        key="department",
        label=_("Departments"),
        icon="sitemap",
        model=Department,
        position=20,
    ),
    Menu(group="settings", key="role", label=_("Roles"), icon="shield", model=Role, position=30),
    Menu(
        group="settings",
        key="lists",
        label=_("Lists"),
        icon="list-details",
        url="/settings/lists",
        grant=("settings", "edit"),
        position=40,
    ),
    Menu(
        group="settings",
        key="numbering",
        label=_("Numbering"),
        icon="hash",
        url="/settings/numbering",
        grant=("settings", "edit"),
        position=45,
    ),
    Menu(
        group="settings",
        key="company",
        label=pgettext("menu", "Company"),
        icon="adjustments-horizontal",
        url="/settings/company",
        grant=("settings", "edit"),
        position=50,
    ),
    Menu(
        group="settings",
        key="jobs",
        label=_("Background jobs"),
        icon="checklist",
        url="/settings/jobs",
        grant=("jobs", "edit"),
        position=80,
    ),
    Menu(
        group="settings",
        key="mail",
        label=_("Messages sent"),
        icon="mail",
        url="/settings/mail",
        grant=("mail", "edit"),
        position=90,
    ),
    Menu(
        group="settings",
        key="addons",
        label=_("Addons"),
        icon="puzzle",
        url="/settings/addons",
        grant=("addons", "edit"),
        position=60,
    ),
]
