"""Handing over what somebody owns and looks after, and marking them as left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flask import g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from core.administration import UserState, handover
from core.api import AppError, Field, Forbidden, Invalid, Kind, RecordForm, Text, User, _, set_crumbs

if TYPE_CHECKING:
    from core.administration import handover as handovers
    from core.api import Env

AS_ABOVE, STAYS = "above", "stays"
POSTS = {
    "departments": _("Departments that they manage"),
    "reports": _("People whom they supervise"),
    "shares": _("Records on which they collaborate"),
    "views": _("Views of lists that they share"),
}


def leave(id: int) -> ResponseReturnValue:
    """Shows what the person has, asks who gets it, shows what would happen, and starts it."""
    env: Env = g.env
    user = env.get(User, id)
    if not handover.may_hand_over(env, user):
        raise Forbidden()
    page = HandoverPage(env, user)
    set_crumbs((user.name, f"/user/{id}"), (page.title, request.path))
    if request.method == "GET" or request.form.get("step") == "choose":
        return page.asked()
    plan = page.plan()
    if plan is None:
        return page.asked(), 422
    if request.form.get("step") != "do":
        return page.preview(plan)
    try:
        job = handover.begin(env, user, plan)
    except AppError as error:
        page.refuse(error)
        return page.asked(), 422 if isinstance(error, Invalid) else 409
    return redirect(f"/jobs/{job}", 303)


class HandoverPage:
    """The form of one hand-over."""

    def __init__(self, env: Env, user: User) -> None:
        self.env, self.user = env, user
        found = handover.holdings(env, user.id)
        self.holdings = [each for each in found if handover.may_give(env, each.info, user.id)]
        self.has_more = len(self.holdings) < len(found)
        self.posts, self.may_end = handover.posts_of(env, user.id), handover.may_end(env, user)
        self.people = self._people()
        sent = request.form if request.method == "POST" else None
        self.form = RecordForm(env, self._specs(), values=self._offered(), sent=sent)

    @property
    def title(self) -> str:
        """What the page is called."""
        is_out = self.user.state == UserState.LEFT
        return str(_("Hand over what is left") if is_out else _("Hand over and mark as left"))

    def _people(self) -> dict[str, Text]:
        members = sorted(self.env.actor.organisation.members.values(), key=lambda member: member.name)
        return {str(m.id): Text("{name}", name=m.name) for m in members if m.is_active and m.id != self.user.id}

    def _specs(self) -> list[Field]:
        departments = {str(id): Text("{name}", name=name) for id, name in self._departments().items()}
        specs = [
            Field(Kind.LINK, _("Successor"), name="to", target="user"),
            Field(Kind.CHOICES, _("In turn with"), name="others", options=self.people),
            Field(Kind.CHOICE, _("In turn among everybody in"), name="department", options=departments),
        ]
        ways = {AS_ABOVE: _("as above"), STAYS: _("stays as it is")} | self.people
        for each in self.holdings:
            name = f"of_{each.info.key}"
            specs.append(Field(Kind.CHOICE, each.info.title_plural, name=name, options=ways, required=True))
        if self.may_end:
            specs += [
                Field(Kind.CHOICE, label, name=name, options=self.people)
                for name, label in POSTS.items()
                if getattr(self.posts, name)
            ]
            specs.append(Field(Kind.BOOLEAN, _("Mark as left and end the sign-in"), name="leaves"))
        specs.append(Field(Kind.TEXT, _("Reason"), name="reason", max_length=500))
        return specs

    def _departments(self) -> Mapping[int, str]:
        return dict(self.env.actor.organisation.department_names)

    def _offered(self) -> dict[str, Any]:
        supervisor = self.user.supervisor_id
        known = supervisor if str(supervisor) in self.people else None
        # What somebody did, such as a visit, stays told of them unless it is said otherwise.
        ways = {f"of_{each.info.key}": AS_ABOVE if each.is_root else STAYS for each in self.holdings}
        posts = {name: str(known) if known else None for name in POSTS}
        return {"to": known, "leaves": True, "reason": str(_("{name} leaves", name=self.user.name)), **ways, **posts}

    def plan(self) -> handovers.Plan | None:
        """What was chosen, if nothing is wrong with it."""
        if not self.form.validate():
            return None
        values = self.form.values
        successors = self._successors(values)
        chosen = {each.info.key: values[f"of_{each.info.key}"] for each in self.holdings}
        if not successors and AS_ABOVE in chosen.values():
            self.refuse(Invalid({"to": _("Choose who takes over.")}))
            return None
        posts = {name: int(values[name]) if values.get(name) else None for name in POSTS}
        plan = handover.Plan(
            models={key: successors if way == AS_ABOVE else [int(way)] for key, way in chosen.items() if way != STAYS},
            reason=values["reason"] or "",
            leaves=self.may_end and bool(values["leaves"]),
            posts=self.may_end,
            **posts,
        )
        try:
            handover.check(self.env, self.user, plan)
        except Invalid as error:
            self.refuse(error)
            return None
        return plan

    def _successors(self, values: Mapping[str, Any]) -> Sequence[int]:
        """Who gets the records in turn: the successor, those chosen beside, everybody in the department."""
        found = [values["to"]] if values["to"] else []
        found += [int(id) for id in values["others"] or ()]
        if values["department"]:
            within = self.env.actor.organisation.by_department.get(int(values["department"]), frozenset())
            found += sorted(id for id in within if str(id) in self.people)
        return list(dict.fromkeys(found))

    def refuse(self, error: AppError) -> None:
        """Puts what is wrong beside the controls: of a successor for all, beside that one."""
        if isinstance(error, Invalid):
            names = {n: "to" if self.form.texts.get(f"of_{n}") == AS_ABOVE else f"of_{n}" for n in error.fields}
            known = {n: n if n in self.form.controls else names[n] for n in error.fields}
            error = Invalid({known[n]: messages for n, messages in error.fields.items()})
        self.form.refuse(error)

    def asked(self) -> str:
        """The page with the form."""
        return render_template(
            "base/leave.html",
            page=self,
            rows=[(each, self.form.view(f"of_{each.info.key}")) for each in self.holdings],
            posts=[(self._number(n), self.form.view(n)) for n in POSTS if n in self.form.controls],
            fields={n: self.form.view(n) for n in ("to", "others", "department", "reason")},
            leaves=self.form.view("leaves") if self.may_end else None,
            url=request.path,
        )

    def _number(self, name: str) -> int:
        found = getattr(self.posts, name)
        return found if isinstance(found, int) else len(found)

    def preview(self, plan: handovers.Plan) -> str:
        """The page that shows what would happen."""
        names = {int(id): str(name) for id, name in self.people.items()}
        shares = [self._shares(each.count, plan.models.get(each.info.key, ()), names) for each in self.holdings]
        rows = [(str(h.info.title_plural), h.count, share) for h, share in zip(self.holdings, shares, strict=True)]
        posts = [
            (str(POSTS[name]), self._number(name), names.get(getattr(plan, name) or 0, ""))
            for name in POSTS
            if plan.posts and self._number(name)
        ]
        typed = [(n, v) for n, v in request.form.items(multi=True) if n not in ("csrf_token", "step")]
        return render_template(
            "base/leave_preview.html", page=self, plan=plan, rows=rows, posts=posts, typed=typed, url=request.path
        )

    def _shares(self, count: int, successors: Sequence[int], names: Mapping[int, str]) -> list[tuple[str, int]]:
        """Who would get how many."""
        if not successors:
            return []
        each, more = divmod(count, len(successors))
        return [(names[id], each + (place < more)) for place, id in enumerate(successors)]
