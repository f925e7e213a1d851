import pytest
from sqlalchemy import update

from core.access.models import User
from core.orm.versions import bump
from core.site import Site


@pytest.fixture
def company(site: Site) -> Site:
    """A site where real people work whose sign-in names are not those of the demo company."""
    with site.system("rename the cast") as env:
        env.connection_of_core.execute(update(User).values(username="real." + User.username))
        bump(env.connection_of_core, "organisation")
    return site
