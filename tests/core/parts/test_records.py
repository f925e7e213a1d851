from addons.sales.models import Quote
from core.testing.cast import Cast
from tests.core.parts.conftest import row, texts


def test_lines(cast: Cast, quote: int) -> None:
    with cast.env("sales") as env:
        found = env.get(Quote, quote)
        assert found.version == 1
        assert texts(env, found) == [(1, "鑽頭"), (2, "銑刀"), (3, "刀把")]
        lines = env.parts(found, "lines")
        env.records(Quote).update(
            found, {"lines": [{"id": lines[2].id}, {"id": lines[0].id, "quantity": 7}, row("新")]}
        )
        assert texts(env, found) == [(1, "刀把"), (2, "鑽頭"), (3, "新")]
        assert found.version == 2
