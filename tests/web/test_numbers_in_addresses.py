"""A number that no row can have is no number: whatever is asked for by it, nothing breaks."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

HUGE = "9" * 20


@pytest.mark.parametrize(
    "address",
    [
        "/people?organization={}&unit={}&page={}",
        "/requests?organization={}&author={}&n={}",
        "/dismissals?organization={}&open={}&import_job={}",
        "/renewals?organization={}&days={}",
        "/ledger?organization={}&after={}&before={}",
        "/organization?page={}",
    ],
)
def test_a_list_does_without_it(secretary: FlaskClient, address: str) -> None:
    assert secretary.get(address.replace("{}", HUGE), follow_redirects=True).status_code == 200


@pytest.mark.parametrize("place", ["/people", "/dismissals", "/renewals", "/ledger", "/requests"])
def test_ids_of_nobody_find_nobody(secretary: FlaskClient, place: str) -> None:
    assert secretary.get(f"{place}?ids=x,{HUGE}").status_code == 200


@pytest.mark.parametrize("address", ["/people/{}", "/requests/{}", "/dismissals/{}", "/queue/{}"])
def test_an_address_of_it_leads_nowhere(secretary: FlaskClient, address: str) -> None:
    assert secretary.get(address.format(HUGE)).status_code == 404


@pytest.mark.parametrize(
    ("address", "data"),
    [
        ("/requests/new", {"op": f"add:{HUGE}"}),
        ("/dismissals", {"op": f"pick:{HUGE}"}),
        ("/signing/confirm", {"scan-of": f"{HUGE}:{HUGE}"}),
    ],
)
def test_a_form_made_by_hand_is_told_so(
    secretary: FlaskClient, address: str, data: dict[str, str]
) -> None:
    answer = secretary.post(address, data=data)
    assert answer.status_code == 400
    assert "В запросе число, которого здесь быть не может." in answer.text


def test_half_a_pair_of_scans_is_none(secretary: FlaskClient) -> None:
    answer = secretary.post("/signing/confirm", data={"scan-of": "1:скан"})
    assert answer.status_code == 422


def test_a_form_does_without_it(secretary: FlaskClient) -> None:
    answer = secretary.post("/people/note", data={"person": HUGE, "kind": "frmr"})
    assert answer.status_code < 500
    assert secretary.post("/requests/delete", data={"pick": HUGE}).status_code < 500
