"""Addons tell the doctor what they find out about their data."""

from core.addons.answers import Diagnosis
from core.cli.doctor import Finding, of_addons
from core.site import Site
from core.testing.cast import Cast
from tests.core.addons.hooking import install
from tests.core.addons.listening import Listener, listen, prove


def test_hook_diagnose(site: Site, cast: Cast) -> None:
    def fire() -> None:
        with site.system("examine", write=False) as env:
            env.hooks.diagnose()

    prove(site, "diagnose", fire)
    first = Diagnosis("stock", "3 boxes are missing. Count them.")
    listen(site, "diagnose", lambda: [first, Diagnosis("stock", "2 more")], lambda: Diagnosis("map", "right", False))

    found = [each for each in of_addons(site) if each.subject in ("stock", "map")]

    assert found == [
        Finding("wrong", "stock", "3 boxes are missing. Count them."),
        Finding("wrong", "stock", "2 more"),
        Finding("ok", "map", "right"),
    ]


def test_hook_diagnose_that_breaks_is_told(site: Site, cast: Cast) -> None:
    install(site, "one", Listener("one", [], fails=True).implementation("diagnose"))

    found = list(of_addons(site))

    assert found == [Finding("wrong", "addons", "The examination by an addon failed: Stumble('broken')")]
