"""Finding known people and firms, and what happens when a lead looks like one."""

import pytest
from factories import make_customer, make_lead, unique

import frappe

from skycrm.services import duplicate_check, duplicates, identity

EVERYTHING = {
	"email_id": "nobody-there@example.com",
	"mobile_no": "0912 000 111",
	"phone": "024 3825 0001",
	"tax_id": "0300588569",
	"lead_name": "Không Có Ai",
	"organization": "Công ty Không Có",
}


@pytest.fixture
def policy():
	"""Set what happens when a new lead looks like a known record."""

	def choose(value):
		doc = frappe.get_doc("Sky CRM Settings")
		doc.duplicate_policy = value
		doc.save()

	yield choose
	frappe.clear_document_cache("Sky CRM Settings", "Sky CRM Settings")


@pytest.fixture
def known():
	"""A lead, a contact and a customer, each with keys of its own."""
	make_lead(
		lead_name="Lê Thị Biết",
		organization="Công ty Đã Biết",
		email_id="biet@example.com",
		mobile_no="0912 777 801",
		phone="024 3825 7801",
		tax_id="0300588569",
	)
	make_contact("Trần Văn Liên", email="lien@example.com", phone="0912 777 802")
	make_customer("Công ty Khách Quen", tax_id="0100109106")


@pytest.mark.parametrize(
	"values",
	[
		{},
		{"lead_name": "Lê Thị Biết"},
		{"organization": "Công ty Đã Biết"},
		{"lead_name": "Le Thi Biet", "organization": "Đã Biết"},
		{"lead_name": "Lê Thị Biết", "organization": "Công ty Khác"},
		{"email_id": " BIET@example.com"},
		{"email_id": "ai.do@example.com"},
		{"mobile_no": "+84 912 777 801"},
		{"phone": "0912777801"},
		{"mobile_no": "0912 777 803", "phone": "(024) 3825 7801"},
		{"mobile_no": "0912 777 803", "phone": "024 3825 7803"},
		{"tax_id": "0300588569"},
		{"email_id": "lien@example.com"},
		{"mobile_no": "0912 777 802"},
		{"tax_id": "0100109106"},
	],
)
def test_the_short_look_says_the_same_as_the_long_one(known, values):
	lead = frappe.new_doc("Sky Lead").update({"lead_name": unique("Ngô"), **values})
	identity.set_identity(lead)
	keys = duplicate_check.keys_of_lead(lead)
	found = duplicates.matches_of(keys, organization=lead.organization_key)
	assert duplicates.nobody_has(keys, lead.organization_key) is (not found)


def test_the_short_look_is_one_query(statements):
	lead = frappe.new_doc("Sky Lead").update({**EVERYTHING, "lead_name": unique("Ngô")})
	identity.set_identity(lead)
	keys = duplicate_check.keys_of_lead(lead)
	statements.clear()
	assert duplicates.nobody_has(keys, lead.organization_key)
	assert len(statements) == 1


def make_contact(full_name, email=None, phone=None, **values):
	doc = frappe.new_doc("Contact")
	doc.update({"first_name": full_name, **values})
	if email:
		doc.append("email_ids", {"email_id": email, "is_primary": 1})
	if phone:
		doc.append("phone_nos", {"phone": phone, "is_primary_mobile_no": 1})
	return doc.insert().name


def by_index(row) -> bool:
	"""Whether a row of EXPLAIN dives into an index; "ref|filter" does too, and sieves by a second one."""
	return row.type.split("|")[0] in ("ref", "range", "const", "index_merge")


def names(found):
	return [(row["doctype"], row["name"]) for row in found]


def test_one_person_is_found_in_leads_contacts_and_customers():
	lead = make_lead(
		lead_name="Nguyễn Văn Trùng", email_id="trung@example.com", mobile_no="0912 777 888"
	).name
	contact = make_contact("Nguyễn Văn Trùng", email="TRUNG@example.com")
	customer = make_customer("Công ty TNHH Trùng Khớp", tax_id="0100109106")
	found = duplicates.find_duplicates(
		email_id="Trung@Example.com",
		mobile_no="+84 912 777 888",
		tax_id="0100109106",
		lead_name="NGUYEN VAN TRUNG",
		organization="CTCP Trùng Khớp",
	)
	by_name = {(row["doctype"], row["name"]): row for row in found}
	assert by_name[("Sky Lead", lead)]["matched_on"] == ["email_id", "lead_name", "mobile_no"]
	assert by_name[("Sky Lead", lead)]["title"] == "Nguyễn Văn Trùng"
	assert by_name[("Contact", contact)]["matched_on"] == ["email_id", "lead_name"]
	assert by_name[("Customer", customer)]["matched_on"] == ["organization", "tax_id"]
	assert [row["confidence"] for row in found] == sorted((row["confidence"] for row in found), reverse=True)
	assert set(found[0]) == {"doctype", "name", "title", "matched_on", "confidence"}


@pytest.mark.parametrize(
	("stored", "asked"),
	[
		({"mobile_no": "0123 456 7890"}, {"mobile_no": "083 456 7890"}),
		({"phone": "0912777888"}, {"mobile_no": "84912777888"}),
		({"mobile_no": "0987654321", "phone": "0912777888"}, {"phone": "(+84)0912.777.888"}),
		({"email_id": "a@bücher.de"}, {"email_id": "A@xn--bcher-kva.de"}),
		({"tax_id": "0100109106-001"}, {"tax_id": "0100109106001"}),
		({"lead_name": "Bà Đặng Thị Lạ"}, {"lead_name": "dang thi la"}),
		({"organization": "Công ty TNHH TM DV Rất Lạ"}, {"organization": "Rat La Co., Ltd"}),
	],
)
def test_spelling_does_not_matter(stored, asked):
	lead = make_lead(**stored)
	assert ("Sky Lead", lead.name) in names(duplicates.find_duplicates(**asked))


def test_names_without_their_marks_equal_in_the_database_are_told_apart_by_address():
	# The collation takes é for e: the key decides.
	lead = make_lead(email_id="nguyễn.lạ@example.com").name
	assert ("Sky Lead", lead) not in names(duplicates.find_duplicates(email_id="nguyen.la@example.com"))
	assert ("Sky Lead", lead) in names(duplicates.find_duplicates(email_id="NGUYỄN.LẠ@example.com"))


def test_nothing_and_nonsense_find_nothing(statements):
	assert duplicates.find_duplicates() == []
	assert duplicates.find_duplicates(email_id="", mobile_no="gọi sau", tax_id="  ", lead_name="!!!") == []
	assert not any("union" in query for query in statements)


def test_people_who_are_not_there_cost_one_statement(statements):
	duplicates.find_duplicates(**EVERYTHING)
	statements.clear()
	assert duplicates.find_duplicates(**EVERYTHING) == []
	assert len(statements) == 1


def test_every_branch_of_the_query_uses_an_index():
	keys = duplicates.keys_to_look_up(**EVERYTHING)
	query, values = duplicates.union_query(keys)
	plan = [row for row in frappe.db.sql(f"explain {query}", values, as_dict=True) if row.table]
	branches = [row for row in plan if not row.table.startswith("<union")]
	# Six columns of leads; addresses, numbers, tax codes and names of contacts and customers.
	assert len(branches) == query.count("union all") + 1 == 10
	for row in branches:
		assert by_index(row), dict(row)
		assert row.key, dict(row)


def test_limit_and_exclusion():
	leads = [make_lead(mobile_no="0912 777 999").name for _ in range(4)]
	found = names(duplicates.find_duplicates(mobile_no="0912777999", exclude=leads[0]))
	assert set(found) == {("Sky Lead", name) for name in leads[1:]}
	assert len(duplicates.find_duplicates(mobile_no="0912777999", limit=2)) == 2
	assert len(duplicates.find_duplicates(mobile_no="0912777999", limit=-5)) == 1


def test_only_what_the_user_may_read_is_answered(users, as_user):
	owner = users("dup-owner@example.com", "Sky Sales User")
	other = users("dup-other@example.com", "Sky Sales User")
	frappe.get_doc("Sky CRM Settings").save()
	make_private("Sky Lead")
	lead = make_lead(mobile_no="0912 666 555", lead_owner=owner).name
	customer = make_customer(unique("Công ty Kín"), tax_id="0300588569")
	asked = {"mobile_no": "0912666555", "tax_id": "0300588569"}
	with as_user(owner):
		found = names(duplicates.find_duplicates(**asked))
		assert ("Sky Lead", lead) in found
	with as_user(other):
		assert names(duplicates.find_duplicates(**asked)) == []
	assert ("Customer", customer) in names(duplicates.find_duplicates(**asked))


def make_private(doctype):
	settings = frappe.get_doc("Sky CRM Settings")
	rows = [row for row in settings.access_defaults if row.document_type == doctype]
	row = rows[0] if rows else settings.append("access_defaults", {"document_type": doctype})
	row.access = "Private"
	settings.save()


# Saving


def test_warning_links_to_the_record_and_saves_the_lead(policy):
	policy("Warn")
	known = make_lead(lead_name="Lê Thị <b>Đậm</b>", email_id="dam@example.com")
	frappe.clear_messages()
	lead = make_lead(email_id="DAM@example.com")
	assert frappe.db.exists("Sky Lead", lead.name)
	message = "".join(str(entry) for entry in frappe.get_message_log())
	assert known.name in message and "looks like" in message
	assert "<b>Đậm</b>" not in message


def test_a_shared_name_alone_does_not_warn(policy):
	policy("Warn")
	make_lead(lead_name="Nguyễn Văn Hai")
	frappe.clear_messages()
	make_lead(lead_name="Nguyễn Văn Hai")
	assert not frappe.get_message_log()


def test_a_shared_name_at_the_same_firm_warns(policy):
	policy("Warn")
	known = make_lead(lead_name="Nguyễn Văn Ba", organization="Công ty TNHH Hiếm Có").name
	other = make_lead(lead_name="Nguyễn Văn Ba", organization="Công ty TNHH Chỗ Khác").name
	frappe.clear_messages()
	make_lead(lead_name="NGUYEN VAN BA", organization="Hiếm Có JSC")
	message = "".join(str(entry) for entry in frappe.get_message_log())
	assert known in message and other not in message


def test_the_check_on_saving_uses_indexes_too():
	lead = make_lead(**EVERYTHING)
	query, values = duplicates.union_query(duplicate_check.keys_of_lead(lead), lead.organization_key)
	branches = [row for row in frappe.db.sql(f"explain {query}", values, as_dict=True) if row.table]
	for row in branches:
		assert row.table.startswith("<union") or by_index(row), dict(row)


def test_refusal_leaves_nothing_behind(policy):
	policy("Refuse")
	known = make_lead(mobile_no="0912 555 444")
	count = frappe.db.count("Sky Lead")
	with pytest.raises(frappe.DuplicateEntryError) as error:
		make_lead(mobile_no="+84912555444")
	assert known.name in str(error.value)
	assert error.value.http_status_code == 409
	assert frappe.db.count("Sky Lead") == count


def test_ignore_asks_nothing(policy, statements):
	policy("Ignore")
	make_lead(mobile_no="0912 555 333")
	statements.clear()
	make_lead(mobile_no="0912 555 333")
	assert not any("tabSky Identity Key" in query for query in statements)
	assert not frappe.get_message_log()


def test_only_a_change_of_a_key_is_checked_again(policy, statements):
	policy("Warn")
	make_lead(mobile_no="0912 555 222")
	lead = make_lead(mobile_no="0912 555 111")
	frappe.clear_messages()
	statements.clear()
	lead.job_title = "Trưởng phòng"
	lead.save()
	assert not any("tabSky Identity Key" in query for query in statements)
	lead.mobile_no = "0912555222"
	lead.save()
	assert sum("tabSky Identity Key" in query for query in statements) == 1
	assert frappe.get_message_log()


def test_a_record_that_the_user_may_not_open_is_not_named(policy, users, as_user):
	policy("Warn")
	make_private("Sky Lead")
	owner = users("dup-owner@example.com", "Sky Sales User")
	other = users("dup-other@example.com", "Sky Sales User")
	known = make_lead(lead_name="Trần Kín Đáo", mobile_no="0912 444 333", lead_owner=owner)
	with as_user(other):
		frappe.clear_messages()
		make_lead(mobile_no="0912444333")
		message = "".join(str(entry) for entry in frappe.get_message_log())
	assert "may not open" in message
	assert known.name not in message and "Kín Đáo" not in message


def test_guests_and_callers_who_say_so_are_not_told(policy):
	policy("Refuse")
	make_lead(mobile_no="0912 333 222")
	lead = frappe.new_doc("Sky Lead")
	lead.update({"lead_name": "Khách Web", "mobile_no": "0912333222"})
	lead.flags.ignore_duplicates = True
	assert lead.insert().name


# HTTP


@pytest.mark.commits
def test_over_http_for_guest_wrong_and_right_user(rest_as, users):
	sales = users("dup-http-sales@example.com", "Sky Sales User")
	stranger = users("dup-http-stranger@example.com")
	lead = make_lead(lead_name="Nguyễn Qua Mạng", email_id="quamang@example.com", lead_owner=sales)
	frappe.db.commit()
	try:
		method, asked = "leads.find_duplicates", {"email_id": "QuaMang@example.com"}
		assert rest_as("Guest").call(method, **asked).status_code == 403
		assert rest_as(stranger).call(method, **asked).status_code == 403
		found = rest_as(sales).message(method, **asked)
		assert [(row["doctype"], row["name"]) for row in found] == [("Sky Lead", lead.name)]
		assert rest_as(sales).message(method, **asked, exclude=lead.name) == []
		assert rest_as(sales).call(method, email_id=["a"]).status_code == 417
		assert rest_as(sales).get(f"/api/method/skycrm.api.v1.{method}", params=asked).status_code == 403
	finally:
		frappe.delete_doc("Sky Lead", lead.name, force=True)
		frappe.db.commit()
