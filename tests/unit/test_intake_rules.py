"""Who is the same person, what a second arrival fills in, and what a door does with somebody known."""

import pytest

from skycrm.domain import intake, same_person
from skycrm.domain.intake import Arrival, compare, consent_to_write, new_values, policy_for
from skycrm.domain.same_person import Identity, KnownLead, choose, ground, names_agree

MOBILE, OTHER_MOBILE, LANDLINE = "+84912345678", "+84987654321", "+842438250001"


@pytest.mark.parametrize(
	("one", "other", "agree"),
	[
		("Nguyễn Văn An", "NGUYEN VAN AN", True),
		("Nguyễn Văn An", "Anh An", True),
		("An Nguyễn", "Nguyễn Văn An", True),
		("Ông Trần Minh Tuấn", "Tuấn", True),
		("Nguyễn Thị Hương", "Nguyễn Thị Huơng", True),
		("Nguyễn Văn Anh", "Nguyễn Văn An", True),
		("Katherine Smith", "Kathrine Smith", True),
		("Nguyễn Văn An", "Nguyễn Văn Bình", False),
		("Nguyễn Văn Tuấn", "Nguyễn Văn Toàn", False),
		("Lê Minh", "Lê Bình", False),
		("Nguyễn Văn An", "Trần Văn An", False),
		("", "Nguyễn Văn An", None),
		("!!!", "Nguyễn Văn An", None),
		("x" * 2000, "Nguyễn Văn An", None),
	],
)
def test_whether_two_names_can_be_one_persons(one, other, agree):
	assert names_agree(one, other) is agree
	assert names_agree(other, one) is agree


@pytest.mark.parametrize(
	("arrival", "known", "matched"),
	[
		# a personal address is the person, whatever they are called
		(("Trần Bình", "a@example.com"), ("Nguyễn An", "a@example.com"), "email_id"),
		# an office's mailbox is the firm's
		(("Trần Bình", "info@example.com"), ("Nguyễn An", "info@example.com"), None),
		(("An", "info@example.com"), ("Nguyễn An", "info@example.com"), "email_id"),
		(("", "sales+web@example.com"), ("Nguyễn An", "sales+web@example.com"), "email_id"),
		# +tag is part of the address
		(("An", "a+x@example.com"), ("An", "a@example.com"), None),
		# a mobile number is the person unless the names disagree
		(("An", "", MOBILE), ("Nguyễn Văn An", "", MOBILE), "mobile_no"),
		(("", "", MOBILE), ("Nguyễn Văn An", "", MOBILE), "mobile_no"),
		(("Trần Bình", "", MOBILE), ("Nguyễn Văn An", "", MOBILE), None),
		# a number in an office says nothing without a name
		(("", "", LANDLINE), ("Nguyễn Văn An", "", LANDLINE), None),
		(("An", "", LANDLINE), ("Nguyễn Văn An", "", LANDLINE), "phone"),
		(("", "", "19001234"), ("Nguyễn Văn An", "", "19001234"), None),
		# a tax code is a firm
		(("", "", "", "0100109106"), ("Nguyễn Văn An", "", "", "0100109106"), None),
		(("Bình", "", "", "0100109106"), ("Nguyễn Văn An", "", "", "0100109106"), None),
		(("An", "", "", "0100109106"), ("Nguyễn Văn An", "", "", "0100109106"), "tax_id"),
		# a name is nobody
		(("Nguyễn Văn An",), ("Nguyễn Văn An",), None),
	],
)
def test_ground_on_which_two_are_one(arrival, known, matched):
	assert ground(person(*arrival), person(*known)) == matched


def person(name="", email="", phone="", tax=""):
	return Identity(name, email, frozenset({phone} - {""}), tax)


def lead(name, identity, status="New", creation="2026-01-01"):
	return KnownLead(name, identity, status, creation)


def test_a_number_of_several_people_needs_the_name():
	known = [lead("L1", person("Nguyễn An", "", MOBILE)), lead("L2", person("Trần Bình", "", MOBILE))]
	assert same_person.shared_phones(known) == {MOBILE}
	assert choose(person("", "", MOBILE), known) is None
	assert choose(person("Bình", "", MOBILE), known).lead == "L2"
	assert choose(person("Lê Cường", "", MOBILE), known) is None


def test_of_several_leads_the_open_one_then_the_surer_then_the_newest():
	asked = Identity("An", "a@example.com", frozenset({MOBILE}))
	closed = lead("L1", person("An", "a@example.com"), "Converted", "2026-03-01")
	by_phone = lead("L2", person("An", "", MOBILE), "Nurturing", "2026-01-01")
	by_mail = lead("L3", person("An", "a@example.com"), "New", "2025-01-01")
	newer = lead("L4", person("An", "a@example.com"), "New", "2026-02-01")
	assert choose(asked, [closed]).lead == "L1"
	assert choose(asked, [closed, by_phone]).lead == "L2"
	assert choose(asked, [closed, by_phone, by_mail]).lead == "L3"
	assert choose(asked, [newer, closed, by_phone, by_mail]) == same_person.SamePerson("L4", "email_id")
	assert choose(asked, []) is None


def test_only_empty_fields_are_filled_and_what_differs_stays():
	known = {
		"lead_name": "Nguyễn Văn An",
		"email_id": "a@example.com",
		"mobile_no": "0912 345 678",
		"organization": None,
		"city": " ",
		"job_title": "Giám đốc",
		"lead_owner": None,
	}
	sent = {
		"lead_name": "Nguyen Van An",
		"first_name": "An",
		"email_id": "A@Example.com",
		"phone": "+84912345678",
		"mobile_no": OTHER_MOBILE,
		"organization": "An Phát",
		"city": "Huế",
		"job_title": "Kế toán",
		"lead_owner": "x@example.com",
	}
	fill, differing = compare(known, sent)
	assert fill == {"organization": "An Phát", "city": "Huế"}
	assert differing == {"mobile_no": OTHER_MOBILE, "job_title": "Kế toán"}
	known |= {"organization": "Công ty TNHH An Phát"}
	assert compare(known, {"lead_name": "Anh An", "organization": "An Phát JSC"}) == ({}, {})
	other = {"lead_name": "Trần An", "organization": "An Phú"}
	assert compare(known, other) == ({}, other)


def test_an_arrival_sets_only_what_it_may():
	arrival = Arrival(
		{
			"lead_name": "An",
			"status": "Converted",
			"score": 100,
			"email_key": "x",
			"customer": "C",
			"name": "X",
			"city": "",
			"email_consent": "Granted",
		},
		intake.WEB_FORM,
		source="Website",
		campaign="C1",
	)
	assert new_values(arrival) == {"lead_name": "An", "source": "Website", "campaign": "C1"}


@pytest.mark.parametrize(
	("door", "chosen", "desk", "policy"),
	[
		("Web Form", {}, None, "Attach"),
		("REST", {}, "Refuse", "Warn"),
		("REST", {"REST": "Attach"}, "Refuse", "Attach"),
		("Email", {"Email": "nonsense"}, None, "Attach"),
		("Desk", {"Desk": "Attach"}, "Warn", "Warn"),
		("Desk", {}, "Refuse", "Refuse"),
		("Desk", {}, "Ignore", "Warn"),
		("A new door", {}, None, "Warn"),
	],
)
def test_policy_of_a_door(door, chosen, desk, policy):
	assert policy_for(door, chosen, desk) == policy


@pytest.mark.parametrize(
	("current", "answer", "written"),
	[
		(None, "Granted", True),
		("Unknown", "Granted", True),
		("Granted", "Refused", True),
		("Refused", "Granted", False),
		("Refused", "Refused", True),
		("Unknown", "Perhaps", False),
	],
)
def test_a_refusal_stands_until_a_person_of_the_firm_takes_it_back(current, answer, written):
	assert consent_to_write(current, answer) is written
