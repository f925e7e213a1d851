"""What administrators do: people, departments, roles with their grants, lists and settings."""

from __future__ import annotations

from addons.base.services.departments import Departments
from addons.base.services.grants import Grants
from addons.base.services.lists import ListValues
from addons.base.services.roles import Roles
from addons.base.services.settings import CompanySettings
from addons.base.services.site_settings import SiteSettings
from addons.base.services.users import Users

__all__ = ["CompanySettings", "Departments", "Grants", "ListValues", "Roles", "SiteSettings", "Users"]
