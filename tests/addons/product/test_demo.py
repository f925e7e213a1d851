from sqlalchemy import func, select

from addons.product.models import PriceList, PriceListLine, Product, ProductCategory
from core.site import Site


def test_the_demo_catalogue(demo_company: Site) -> None:
    with demo_company.system("look", write=False) as env:
        counts = {m.__tablename__: env.session.scalar(select(func.count(m.id))) for m in MODELS}
        dearer = env.session.scalars(select(Product.code).where(Product.cost >= Product.list_price)).all()
        dull = env.session.scalars(select(Product.code).where(Product.initials.is_(None))).all()

    assert counts == {"product_category": 8, "product": 60, "price_list": 2, "price_list_line": 70}
    assert dearer == []
    assert dull == []


MODELS = (ProductCategory, Product, PriceList, PriceListLine)
