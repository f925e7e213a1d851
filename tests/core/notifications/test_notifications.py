from datetime import timedelta

import pytest
from sqlalchemy import select, update

from addons.customer.models import Customer
from core import clock
from core.access.models import ShareLevel, User
from core.errors import NotFound
from core.i18n import _, use_locale
from core.jobs import worker
from core.jobs.outbox import OUTBOX
from core.mail.messages import MESSAGES
from core.notifications import jobs, reading
from core.notifications.sending import BY_MAIL, NOTIFICATIONS
from core.orm.preferences import write_preference
from core.site import Site
from core.testing.cast import Cast


def customer(cast: Cast, owner: str, name: str = "台榮精密機械") -> int:
    with cast.env(owner) as env:
        return int(env.records(Customer).create({"name": name, "status": "potential"}).id)


def give(cast: Cast, ids: list[int], to: str, by: str = "gm") -> None:
    with cast.env(by) as env:
        for id in ids:
            env.records(Customer).assign(env.get(Customer, id), to=cast.ids[to], reason="")


def told(cast: Cast, username: str, locale: str = "en") -> list[reading.Told]:
    with cast.env(username, write=False, locale=locale) as env:
        return reading.latest(env, 50)


def count(cast: Cast, username: str) -> int:
    with cast.env(username, write=False) as env:
        return reading.unread(env)


def test_a_new_owner_is_told_with_the_name_and_the_way_there(cast: Cast) -> None:
    id = customer(cast, "sales")

    give(cast, [id], "sales2")

    found = told(cast, "sales2")
    assert [(t.kind, t.text, t.url, t.is_read) for t in found] == [
        ("assigned", "張淑芬 assigned 台榮精密機械 to you", f"/customer/{id}", False)
    ]
    assert told(cast, "sales") == []


def test_the_name_is_masked_once_the_reader_may_no_longer_see_it(cast: Cast) -> None:
    id = customer(cast, "sales")
    give(cast, [id], "sales2")
    give(cast, [id], "manager")

    (found,) = told(cast, "sales2")

    assert "台榮精密機械" not in found.text
    assert found.text == "張淑芬 assigned 台榮○○機械 to you"
    assert found.url == ""


def test_who_takes_something_themselves_is_not_told(cast: Cast) -> None:
    id = customer(cast, "sales")

    give(cast, [id], "gm")

    assert told(cast, "gm") == []


def test_many_at_once_are_one_sentence(cast: Cast) -> None:
    ids = [customer(cast, "sales", f"客戶 {number}") for number in range(3)]

    give(cast, ids, "sales2")

    assert [(t.text, t.url) for t in told(cast, "sales2")] == [("張淑芬 assigned 3 records to you", "/customer")]


def test_a_collaborator_is_told(cast: Cast) -> None:
    id = customer(cast, "sales")

    with cast.env("gm") as env:
        env.records(Customer).share(env.get(Customer, id), user=cast.sales2, level=ShareLevel.READ)

    assert [t.text for t in told(cast, "sales2")] == ["張淑芬 made you a collaborator of 台榮精密機械"]


def test_nothing_is_told_of_what_was_undone(cast: Cast) -> None:
    with pytest.raises(ZeroDivisionError), cast.env("gm") as env:
        env.notify([cast.sales], _("Saved"))
        raise ZeroDivisionError
    with cast.env("gm") as env:
        with pytest.raises(ZeroDivisionError), env.savepoint():
            env.notify([cast.sales], _("Saved"), kind="x", many=lambda count: _("Saved"))
            raise ZeroDivisionError
        env.notify([cast.sales], _("Edit"), kind="x", many=lambda count: _("Saved"))

    assert [t.text for t in told(cast, "sales")] == ["Edit"]


def test_each_reader_has_it_in_their_language(cast: Cast) -> None:
    with cast.env("gm") as env:
        env.notify([cast.sales], _("Saved"))

    with use_locale("zh_Hant_TW"):
        shown = str(_("Saved"))
    assert shown != "Saved"
    assert [t.text for t in told(cast, "sales", "zh_Hant_TW")] == [shown]
    assert [t.text for t in told(cast, "sales", "en")] == ["Saved"]


def test_people_who_left_are_passed_over(site: Site, cast: Cast) -> None:
    with cast.env("gm") as env:
        env.notify([cast.sales, 999_999], _("Saved"))

    with site.engine.connect() as connection:
        assert list(connection.scalars(select(NOTIFICATIONS.c.user_id))) == [cast.sales]


def test_reading_one_or_all_counts_down(cast: Cast) -> None:
    with cast.env("gm") as env:
        for _number in range(3):
            env.notify([cast.sales, cast.sales2], _("Saved"))
    first = told(cast, "sales")[0].id

    with cast.env("sales") as env:
        reading.mark_read(env, [first])
    after_one = count(cast, "sales")
    with cast.env("sales") as env:
        reading.mark_read(env)

    assert (after_one, count(cast, "sales"), count(cast, "sales2")) == (2, 0, 3)


def test_somebody_elses_cannot_be_read_nor_marked(cast: Cast) -> None:
    with cast.env("gm") as env:
        env.notify([cast.sales], _("Saved"))
    id = told(cast, "sales")[0].id

    with cast.env("admin") as env:
        reading.mark_read(env, [id])
        with pytest.raises(NotFound):
            reading.one(env, id)

    assert count(cast, "sales") == 1


def test_the_count_is_one_cheap_statement(site: Site, cast: Cast) -> None:
    with cast.env("gm") as env:
        for _number in range(105):
            env.notify([cast.sales], _("Saved"))

    assert count(cast, "sales") == 100


def wants_mail(site: Site, cast: Cast, username: str) -> None:
    with site.system("test") as env:
        write_preference(env.connection_of_core, cast.ids[username], BY_MAIL, True)
        env.connection_of_core.execute(
            update(User.__table__).where(User.id == cast.ids[username]).values(email=f"{username}@example.com")
        )


def mails(site: Site) -> list[tuple[str, str]]:
    with site.engine.connect() as connection:
        return [(row.to, row.subject) for row in connection.execute(select(MESSAGES).order_by(MESSAGES.c.id))]


def run_all(site: Site, name: str) -> None:
    with site.engine.connect() as connection:
        ids = list(connection.scalars(select(OUTBOX.c.id).where(OUTBOX.c.job == name)))
    for id in ids:
        worker.execute(site, id)
        worker.execute(site, id)


def test_a_copy_goes_by_mail_to_those_who_want_one(site: Site, cast: Cast) -> None:
    wants_mail(site, cast, "sales")
    with cast.env("gm") as env:
        env.notify([cast.sales, cast.sales2], _("Saved"))

    run_all(site, "notifications.mail")

    with use_locale("zh_Hant_TW"):
        assert mails(site) == [("sales@example.com", str(_("Saved")))]


def test_a_copy_holds_what_the_reader_may_see_when_it_is_sent(site: Site, cast: Cast) -> None:
    wants_mail(site, cast, "sales2")
    id = customer(cast, "sales")
    give(cast, [id], "sales2")
    give(cast, [id], "manager")

    run_all(site, "notifications.mail")

    ((_to, subject),) = mails(site)
    assert "台榮精密機械" not in subject


def test_no_copy_is_sent_of_what_was_read(site: Site, cast: Cast) -> None:
    wants_mail(site, cast, "sales")
    with cast.env("gm") as env:
        env.notify([cast.sales], _("Saved"))
    with cast.env("sales") as env:
        reading.mark_read(env)

    run_all(site, "notifications.mail")

    assert mails(site) == []


def test_old_ones_are_forgotten(site: Site, cast: Cast) -> None:
    with cast.env("gm") as env:
        env.notify([cast.sales, cast.sales2], _("Saved"))
    with cast.env("sales") as env:
        reading.mark_read(env)

    left = []
    for days in (89, 91, 366):
        with clock.frozen(clock.now() + timedelta(days=days)):
            with site.system("test") as env:
                jobs.purge(env)
            left.append((len(told(cast, "sales")), len(told(cast, "sales2"))))

    assert left == [(1, 1), (0, 1), (0, 0)]
