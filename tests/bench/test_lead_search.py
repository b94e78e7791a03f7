"""Finding leads by what somebody typed, over HTTP as the desk asks for it."""

import pytest
from factories import make_lead, make_user

import frappe

from skycrm.services import search

PHONE = ("0938 217 604", "0938217604", "+84 938 217 604", "0084.938.217.604")


@pytest.fixture(scope="module")
def leads(rest_as):
	"""A seller's lead and a colleague's with the same phone, and one that is a customer by now; committed, because
	full-text search shows a row only then.
	"""
	people = {name: make_user(f"search-{name}@example.com", "Sky Sales User") for name in ("mine", "theirs")}
	found = {
		"mine": make_lead(
			lead_name="Đặng Thị Thuỷ Tiên",
			organization="Công ty TNHH Vườn Quýt",
			mobile_no=PHONE[0],
			email_id="thuytien@vuonquyt.example.com",
			tax_id="0100109106",
			lead_owner=people["mine"],
		).name,
		"theirs": make_lead(lead_name="Vũ Quýt", mobile_no=PHONE[0], lead_owner=people["theirs"]).name,
		"converted": make_lead(lead_name="Đỗ Quýt", mobile_no=PHONE[0], lead_owner=people["mine"]).name,
	}
	frappe.db.set_value("Sky Lead", found["converted"], "status", "Converted")
	frappe.db.commit()
	yield {**people, "leads": found}
	for name in found.values():
		frappe.delete_doc("Sky Lead", name, force=True, ignore_permissions=True)
	frappe.db.commit()


def names(rows) -> set[str]:
	return {row["name"] for row in rows}


@pytest.mark.commits
@pytest.mark.parametrize(
	"text",
	[
		*PHONE,
		"ThuyTien@VuonQuyt.example.com",
		"0100109106",
		"0100 109 106",
		"dang thuy tien",
		"quyt dang",
		"VƯỜN",
	],
)
def test_a_lead_is_found_by_anything_that_is_known_of_it(leads, rest_as, text):
	client = rest_as(leads["mine"])
	found = client.message("leads.search", text=text)
	assert names(found) & set(leads["leads"].values()) == {leads["leads"]["mine"]}
	assert set(found[0]) == set(search.FIELDS)


@pytest.mark.commits
def test_converted_leads_are_found_when_asked_for_and_others_leads_never(leads, rest_as):
	client = rest_as(leads["mine"])
	found = names(client.message("leads.search", text=PHONE[0], include_converted=True))
	assert found == {leads["leads"]["mine"], leads["leads"]["converted"]}
	assert len(client.message("leads.search", text=PHONE[0], include_converted=True, limit=1)) == 1


@pytest.mark.commits
@pytest.mark.parametrize("text", ["", "  ", "%", "' or 1=1 -- ", "+++", "@", "không có ai tên thế này"])
def test_nothing_is_found_for_nothing(leads, rest_as, text):
	assert rest_as(leads["mine"]).message("leads.search", text=text) == []


@pytest.mark.commits
def test_wrong_calls_are_refused(leads, rest_as):
	stranger = make_user("search-stranger@example.com")
	assert rest_as("Guest").call("leads.search", text="quyt").status_code == 403
	assert rest_as(stranger).call("leads.search", text="quyt").status_code == 403
	assert rest_as(leads["mine"]).call("leads.search", text=["quyt"]).status_code == 417
	assert rest_as(leads["mine"]).call("leads.search", text="q" * 10_000).status_code == 417
