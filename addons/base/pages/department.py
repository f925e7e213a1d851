"""The pages of departments."""

from __future__ import annotations

from core.api import Department, DetailPage, FormPage, ListPage, Section, Tab, User, _

DEPARTMENT = [
    ListPage(
        model=Department,
        columns=("name", "parent_id", "manager_id"),
        filters=("parent_id", "manager_id"),
        card=("parent_id", "manager_id"),
        sort="name",
        empty=_("Here is how the company is divided. A manager's rights reach the departments below."),
    ),
    FormPage(
        model=Department,
        sections=(Section(key="main", label=_("Basic data"), fields=("name", "parent_id", "manager_id")),),
    ),
    DetailPage(
        model=Department,
        header=("parent_id", "manager_id"),
        side=(Section(key="facts", label=_("Key facts"), fields=("parent_id", "manager_id")),),
    ),
    Tab(
        place="department.detail.tabs",
        key="users",
        label=_("Users"),
        children=User,
        via="department_id",
        columns=("name", "title", "supervisor_id", "phone", "state"),
    ),
    Tab(
        place="department.detail.tabs",
        key="departments",
        label=_("Departments below"),
        after="users",
        children=Department,
        via="parent_id",
        columns=("name", "manager_id"),
    ),
]
