"""Who keeps the books knows customers by their names, chooses them on receipts, and learns nothing else of them."""

from typing import Any

import pytest

from addons.customer.models import Customer
from core.testing.cast import Cast


@pytest.fixture
def customer(cast: Cast) -> int:
    with cast.env("sales") as env:
        values = {"name": "宏岳精密股份有限公司", "status": "potential", "phone": "02-2345-6789"}
        return int(env.records(Customer).create(values).id)


def receipt_of(api: Any, customer: int) -> Any:
    values = {"customer_id": customer, "amount": "1000", "received_on": "2026-01-05", "method": "transfer"}
    return api("accountant").post("/receipt", values)


def test_a_receipt_is_recorded_for_a_customer_chosen_by_name(api: Any, visit: Any, customer: int) -> None:
    hits = visit("accountant").get("/lookup/customer?q=宏岳").json
    made = receipt_of(api, customer)
    page = visit("accountant").get(f"/receipt/{made.json['data']['id']}").get_data(as_text=True)

    assert hits == [{"id": customer, "label": "宏岳精密股份有限公司", "hint": ""}]
    assert made.status_code == 201
    assert made.json["data"]["customer"] == {"id": customer, "label": "宏岳精密股份有限公司"}
    assert "宏岳精密股份有限公司" in page
    assert f'href="/customer/{customer}"' not in page
    listed = api("accountant").get(f"/receipt?filter=customer_id:is:{customer}").json["data"]
    assert [row["customer"]["label"] for row in listed] == ["宏岳精密股份有限公司"]


def test_nothing_but_the_name_is_told(api: Any, visit: Any, customer: int) -> None:
    made = receipt_of(api, customer).json["data"]["id"]
    who, web = api("accountant"), visit("accountant")

    assert [who.get(path).status_code for path in (f"/customer/{customer}", "/customer")] == [404, 404]
    assert web.get(f"/customer/{customer}").status_code == 404
    assert "宏岳" not in web.get("/customer").get_data(as_text=True)
    assert web.get("/lookup/customer?q=2345").json == []
    assert web.get("/lookup/customer?q=宏岳&filter=phone:is:02-2345-6789").json == []
    assert who.get("/receipt?filter=customer.phone:is:02-2345-6789").status_code == 400
    for columns in ("customer_id.phone", "customer.phone"):
        assert "2345-6789" not in web.get(f"/receipt?columns=number,{columns}").get_data(as_text=True)
    assert "2345-6789" not in web.get(f"/receipt/{made}").get_data(as_text=True)


def test_others_choose_only_what_they_read(api: Any, visit: Any, customer: int) -> None:
    assert visit("sales2").get("/lookup/customer?q=宏岳").json == []
    with_other = api("sales2").post("/quote", {"customer_id": customer, "name": "x", "lines": []})
    assert with_other.json["error"]["fields"]["customer_id"]
