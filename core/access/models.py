"""The tables of the organisation and of access."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.i18n import _, pgettext
from core.orm.field import field
from core.orm.model import CoreModel, Model
from core.orm.rules import ByGrant, Everyone
from core.orm.types import Choice, Email, Id, LongText, Phone, ShortText, UTCDateTime


class UserState(StrEnum):
    """Whether somebody may sign in."""

    ACTIVE = "active"
    DISABLED = "disabled"
    LEFT = "left"


USER_STATES = {
    UserState.ACTIVE.value: _("Active"),
    UserState.DISABLED.value: _("Disabled"),
    UserState.LEFT.value: _("Left"),
}


class Scope(StrEnum):
    """How far a grant reaches, by the owner of the record."""

    NONE = "none"
    OWN = "own"
    DEPARTMENT = "department"
    BELOW = "below"
    ALL = "all"

    @property
    def width(self) -> int:
        return _WIDTH[self]


_WIDTH = {scope: width for width, scope in enumerate(Scope)}


class FieldLevel(StrEnum):
    """What a role may do with one field; of several roles the most permissive counts."""

    HIDDEN = "hidden"
    MASKED = "masked"
    MASKED_IN_LISTS = "masked_list"
    READ = "read"
    EDIT = "edit"

    @property
    def width(self) -> int:
        return _LEVEL_WIDTH[self]


_LEVEL_WIDTH = {level: width for width, level in enumerate(FieldLevel)}


class ShareLevel(StrEnum):
    """What a collaborator may do."""

    READ = "read"
    EDIT = "edit"


class Department(Model):
    """A part of the company; departments form a tree, and each may have a manager."""

    __tablename__ = "core_department"
    __key__ = "department"
    __bumps__ = "organisation"
    __title__ = _("Department")
    __title_plural__ = _("Departments")
    __access__ = Everyone()
    __icon__ = "sitemap"
    __sort__ = "name"

    name: Mapped[str] = field(String(100), label=_("Name"), required=True, search=True, sort=True)
    parent_id: Mapped[int | None] = field(ForeignKey("core_department.id"), label=_("Parent department"))
    manager_id: Mapped[int | None] = field(ForeignKey("core_user.id"), label=_("Department manager"))


class User(Model):
    """Somebody who signs in. Being disabled or having left ends the sign-in and keeps the history."""

    __tablename__ = "core_user"
    __key__ = "user"
    __bumps__ = "organisation"
    __title__ = _("User")
    __title_plural__ = _("Users")
    __access__ = Everyone()
    __icon__ = "user"
    __sort__ = "name"

    name: Mapped[str] = field(String(100), label=pgettext("person", "Name"), required=True, search=True, sort=True)
    username: Mapped[str] = field(String(100), label=_("Sign-in name"), required=True, unique=True, search=True)
    title: Mapped[str | None] = field(String(100), label=_("Job title"))
    department_id: Mapped[int | None] = field(ForeignKey("core_department.id", use_alter=True), label=_("Department"))
    supervisor_id: Mapped[int | None] = field(ForeignKey("core_user.id"), label=_("Supervisor"))
    email: Mapped[str | None] = field(Email(254), label=_("E-mail"), search=True)
    phone: Mapped[str | None] = field(Phone(40), label=_("Phone"))
    state: Mapped[str] = field(
        Choice(), label=_("State"), required=True, options=USER_STATES, default=UserState.ACTIVE.value
    )
    password_hash: Mapped[str | None] = mapped_column(String(200))
    locale: Mapped[str | None] = mapped_column(String(20))
    theme: Mapped[str] = mapped_column(String(10), default="auto")
    density: Mapped[str] = mapped_column(String(20), default="compact")
    timezone: Mapped[str | None] = mapped_column(String(60))
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=False)
    is_demo: Mapped[bool] = mapped_column(Boolean, default=False)


class Role(Model):
    """A named set of grants; a user has several, and their union counts."""

    __tablename__ = "core_role"
    __key__ = "role"
    __bumps__ = "organisation"
    __title__ = _("Role")
    __title_plural__ = _("Roles")
    __access__ = ByGrant()
    __icon__ = "shield"
    __sort__ = "name"

    name: Mapped[str] = field(String(100), label=_("Name"), required=True, search=True, sort=True)
    description: Mapped[str | None] = field(LongText, label=_("Description"))
    preset: Mapped[str | None] = mapped_column(String(40), unique=True)
    """The code of a role that came with the product, so that addons can suggest grants for it."""


class RoleMember(CoreModel):
    """A user has a role."""

    __tablename__ = "core_role_member"
    __table_args__ = (UniqueConstraint("user_id", "role_id"),)

    user_id: Mapped[int] = mapped_column(Id, ForeignKey("core_user.id", ondelete="CASCADE"))
    role_id: Mapped[int] = mapped_column(Id, ForeignKey("core_role.id", ondelete="CASCADE"), index=True)


class Grant(CoreModel):
    """A role may do an action on a model within a scope."""

    __tablename__ = "core_grant"
    __table_args__ = (UniqueConstraint("role_id", "model", "action"),)

    role_id: Mapped[int] = mapped_column(Id, ForeignKey("core_role.id", ondelete="CASCADE"))
    model: Mapped[str] = mapped_column(String(60))
    action: Mapped[str] = mapped_column(String(40))
    scope: Mapped[str] = mapped_column(String(20))


class FieldGrant(CoreModel):
    """What a role may do with a field, where that is less than edit."""

    __tablename__ = "core_field_grant"
    __table_args__ = (UniqueConstraint("role_id", "model", "field"),)

    role_id: Mapped[int] = mapped_column(Id, ForeignKey("core_role.id", ondelete="CASCADE"))
    model: Mapped[str] = mapped_column(String(60))
    field: Mapped[str] = mapped_column(String(60))
    level: Mapped[str] = mapped_column(String(20))


class Share(CoreModel):
    """A collaborator may see, or edit, an owned record and what follows it, until a date."""

    __tablename__ = "core_share"
    __table_args__ = (
        UniqueConstraint("root_model", "root_id", "user_id"),
        Index("ix_core_share_user", "user_id", "root_model", "root_id"),
    )
    __about__ = ("root_model", "root_id")

    root_model: Mapped[str] = mapped_column(String(60))
    root_id: Mapped[int] = mapped_column(Id)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("core_user.id", ondelete="CASCADE"))
    level: Mapped[str] = mapped_column(String(10))
    until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by: Mapped[int | None] = mapped_column(Id, ForeignKey("core_user.id"))


class ApiToken(CoreModel):
    """A bearer token of the API, kept as its SHA-256 only."""

    __tablename__ = "core_api_token"

    user_id: Mapped[int] = mapped_column(Id, ForeignKey("core_user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(ShortText(100))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
