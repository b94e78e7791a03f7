"""The page that shows and hides fields: what it stores, for whom, and that nothing else changes for anybody."""

import json

import access_records as make
import field_access_records as page
import pytest
from factories import make_item
from field_access_records import HIDE, READ_ONLY, SELLER, SHOW

import frappe
from frappe.custom.doctype.custom_field.custom_field import create_custom_field
from frappe.permissions import add_permission

from skycrm.api.v1 import field_access as api
from skycrm.domain.field_access import CONSENT, MARGIN, MONEY, PERSONAL
from skycrm.permissions import facts
from skycrm.permissions.hidden_fields import hidden
from skycrm.services import field_access, fixed_fields
from skycrm.services.messages import ConflictError
from skycrm.setup import field_levels, shipped

LEAD, DEAL, ITEM = "Sky Lead", "Sky Opportunity", "Sky Opportunity Item"
MANAGER = "Sky Sales Manager"


@pytest.fixture
def before() -> dict[str, str]:
	"""What says that nothing was written: browser tests on the same site may have left rights of their own."""
	return {doctype: field_access.read(doctype)["token"] for doctype in (LEAD, DEAL)}


@pytest.fixture(autouse=True)
def clean():
	yield
	frappe.set_user("Administrator")
	frappe.db.rollback()
	for doctype in (LEAD, DEAL, "Sky Campaign", "Sky Lead Merge", ITEM):
		frappe.clear_cache(doctype=doctype)
	facts.forget()


def level(doctype: str, field: str) -> int:
	return frappe.get_meta(doctype).get_field(field).permlevel


def test_money_margin_consent_and_personal_numbers_have_levels_of_their_own():
	assert {level(DEAL, name) for name in ("amount", "base_amount", "weighted_amount")} == {MONEY}
	assert {level(ITEM, name) for name in ("rate", "price_list_rate", "amount", "base_amount")} == {MONEY}
	assert {level("Sky Campaign", name) for name in ("budget", "actual_cost", "revenue")} == {MONEY}
	assert {level(DEAL, name) for name in ("max_discount_percentage", "approved_discount_percentage")} == {
		MARGIN
	}
	assert {level(LEAD, f"{channel}_consent") for channel in ("email", "sms", "call")} == {CONSENT}
	assert {level(LEAD, name) for name in ("mobile_no", "phone", "zalo_id", "tax_id", "birth_date")} == {
		PERSONAL
	}


@pytest.mark.parametrize("doctype", [row["value"] for row in field_access.doctypes()])
def test_at_first_whoever_reads_a_document_sees_all_of_it(doctype):
	table = field_access.read(doctype)
	shown = {SHOW} if doctype != "Sky Lead Merge" else {SHOW, HIDE}
	assert {access for row in table["fields"] for access in row["access"].values()} <= shown
	meta = frappe.get_meta(doctype)
	for role in table["roles"]:
		rows = [row for row in meta.permissions if row.role == role["name"]]
		above = [row for row in rows if row.permlevel]
		assert all(bool(row.write) == role["writes"] or doctype == "Sky Lead Merge" for row in above)


def test_a_field_is_hidden_from_one_role_and_from_nobody_else():
	before = {row["fieldname"]: row["access"] for row in field_access.read(LEAD)["fields"]}
	page.change(LEAD, "mobile_no")
	after = {row["fieldname"]: row["access"] for row in field_access.read(LEAD)["fields"]}
	assert after["mobile_no"] == {**before["mobile_no"], SELLER: HIDE}
	assert {name: row for name, row in after.items() if name != "mobile_no"} == {
		name: row for name, row in before.items() if name != "mobile_no"
	}
	seller, both = make.user(SELLER), make.user(SELLER, MANAGER)
	assert "mobile_no" in hidden(LEAD, seller) and "tax_id" not in hidden(LEAD, seller)
	assert not hidden(LEAD, both), "one role that sees it is enough"


def test_what_is_made_out_of_a_field_is_hidden_with_it():
	seller = make.user(SELLER)
	page.change(LEAD, "mobile_no")
	assert hidden(LEAD, seller) == {"mobile_no", "phone_key", "phone_key_2", "data_issues"}
	page.change(LEAD, "mobile_no", access=SHOW)
	assert not hidden(LEAD, seller)


def test_read_only_keeps_what_was_there_and_hidden_values_survive_a_save():
	seller = make.user(SELLER)
	lead = make.lead(lead_owner=seller, mobile_no="0912345678", city="Huế")
	page.change(LEAD, "city", access=READ_ONLY)
	page.change(LEAD, "mobile_no")
	with make.acting_as(seller):
		doc = frappe.get_doc(LEAD, lead.name)
		doc.update({"city": "Hà Nội", "mobile_no": "0987654321", "job_title": "Giám đốc"})
		doc.save()
	stored = frappe.db.get_value(LEAD, lead.name, ["city", "mobile_no", "job_title"])
	assert stored == ("Huế", lead.mobile_no, "Giám đốc")


def test_sums_are_worked_out_for_who_may_not_see_them():
	seller = make.user(SELLER, "Sales User")
	page.change(DEAL, "amount", "base_amount", "weighted_amount")
	with make.acting_as(seller):
		deal = frappe.get_doc(
			{
				"doctype": DEAL,
				"title": "Cơ hội",
				"customer": make.customer(),
				"stage": "Prospecting",
				"items": [
					{
						"item_code": make_item("SKY-FIELD-ITEM"),
						"qty": 2,
						"rate": 1000,
						"price_list_rate": 1000,
					}
				],
			}
		)
		deal.insert()
	assert frappe.db.get_value(DEAL, deal.name, "amount") == 2000


def test_fields_of_a_child_table():
	page.change(DEAL, f"{ITEM}.rate")
	assert (
		page.access_of(DEAL, "rate", owner=ITEM) == HIDE
		and page.access_of(DEAL, "amount", owner=ITEM) == SHOW
	)
	assert page.access_of(DEAL, "amount") == SHOW


@pytest.mark.commits
def test_fields_of_the_site():
	"""A custom field keeps its level in itself, as Customize Form writes it."""
	create_custom_field(LEAD, {"fieldname": "sky_test_secret", "label": "Bí mật", "fieldtype": "Data"})
	try:
		with page.hidden({LEAD: ("sky_test_secret",)}):
			assert page.access_of(LEAD, "sky_test_secret") == HIDE
			assert (
				frappe.db.get_value("Custom Field", {"dt": LEAD, "fieldname": "sky_test_secret"}, "permlevel")
				> 0
			)
			assert not frappe.db.exists(
				"Property Setter", {"doc_type": LEAD, "field_name": "sky_test_secret"}
			)
		assert page.access_of(LEAD, "sky_test_secret") == SHOW
	finally:
		frappe.delete_doc("Custom Field", f"{LEAD}-sky_test_secret", force=True)
		frappe.db.commit()
		frappe.db.sql_ddl("alter table `tabSky Lead` drop column `sky_test_secret`")
		frappe.clear_cache(doctype=LEAD)


def test_it_is_stored_as_the_framework_stores_it_and_written_down():
	page.change(LEAD, "city")
	setter = frappe.get_doc(
		"Property Setter", {"doc_type": LEAD, "field_name": "city", "property": "permlevel"}
	)
	new = int(setter.value)
	roles = set(frappe.get_all("Custom DocPerm", {"parent": LEAD, "permlevel": new, "read": 1}, pluck="role"))
	assert SELLER not in roles and MANAGER in roles
	note = frappe.get_last_doc("Comment", {"reference_doctype": "DocType", "reference_name": LEAD})
	assert note.owner == frappe.session.user and SELLER in note.content
	page.change(LEAD, "city", access=SHOW)
	assert not frappe.db.exists(
		"Property Setter", {"doc_type": LEAD, "field_name": "city", "property": "permlevel"}
	)
	assert not frappe.db.exists("Custom DocPerm", {"parent": LEAD, "permlevel": new})


def test_reset_shows_everything_at_the_levels_of_the_app():
	before = field_access.read(DEAL)
	page.change(DEAL, "amount", f"{ITEM}.rate", "next_step")
	page.change(
		DEAL, "max_discount_percentage", "approved_discount_percentage", f"{ITEM}.discount_percentage"
	)
	after = field_access.reset(DEAL, field_access.read(DEAL)["token"])
	assert after["fields"] == before["fields"]
	assert level(DEAL, "amount") == MONEY and level(DEAL, "next_step") == 0


def test_reset_does_not_open_what_the_app_itself_keeps_back():
	"""The ledger of a merge holds the values of leads that its reader may not see."""
	doctype = "Sky Lead Merge"
	before = field_access.read(doctype)
	kept = {row["fieldname"]: row for row in before["fields"] if row["fieldname"] in ("changes", "moved")}
	assert {row["access"][SELLER] for row in kept.values()} == {HIDE}
	page.change(doctype, "merged_by")
	page.change(doctype, "moved", access=SHOW)
	after = field_access.reset(doctype, field_access.read(doctype)["token"])
	assert after["fields"] == before["fields"]
	assert all(row["access"] == row["start"] for row in after["fields"])


def test_fixed_fields_say_why(before):
	fixed = {name: why for (owner, name), why in fixed_fields.fixed_fields(LEAD).items() if owner == LEAD}
	assert {"lead_name", "status", "lead_owner", "team", "organization"} <= set(fixed) and all(fixed.values())
	for name in ("lead_name", "status", "lead_owner", "organization"):
		for access in (HIDE, READ_ONLY):
			with pytest.raises(frappe.ValidationError) as refused:
				page.change(LEAD, name, access=access)
			assert fixed[name] in str(refused.value)
	assert (ITEM, "item_code") in fixed_fields.fixed_fields(DEAL)
	assert field_access.read(LEAD)["token"] == before[LEAD]


@pytest.mark.parametrize(
	"change",
	[
		{"doctype": LEAD, "fieldname": "no_such_field", "role": SELLER, "access": HIDE},
		{"doctype": "User", "fieldname": "email", "role": SELLER, "access": HIDE},
		{"doctype": LEAD, "fieldname": "phone_key", "role": SELLER, "access": HIDE},
		{"doctype": LEAD, "fieldname": "city", "role": "Guest", "access": HIDE},
		{"doctype": LEAD, "fieldname": "city", "role": SELLER, "access": "Everything"},
		{},
	],
)
def test_nonsense_is_refused_and_nothing_is_written(change, before):
	with pytest.raises(frappe.ValidationError):
		field_access.save(LEAD, [change], field_access.read(LEAD)["token"])
	with pytest.raises(frappe.ValidationError):
		field_access.preview("User", [])
	assert field_access.read(LEAD)["token"] == before[LEAD]


def test_a_field_of_the_global_search_has_to_leave_it_first():
	frappe.make_property_setter(
		{
			"doctype": LEAD,
			"fieldname": "city",
			"property": "in_global_search",
			"value": 1,
			"property_type": "Check",
		}
	)
	frappe.clear_cache(doctype=LEAD)
	with pytest.raises(frappe.ValidationError, match="Customize Form"):
		page.change(LEAD, "city")


def test_more_combinations_than_there_are_levels_for(before):
	roles = [row["name"] for row in field_access.read(LEAD)["roles"]]
	names = [
		"city",
		"state",
		"industry",
		"territory",
		"website",
		"notes",
		"gender",
		"salutation",
		"job_title",
		"source",
	]
	pairs = [(a, b) for a in roles for b in roles if a < b]
	changes = [
		{"doctype": LEAD, "fieldname": name, "role": role, "access": HIDE}
		for name, pair in zip(names, pairs, strict=False)
		for role in pair
	]
	with pytest.raises(frappe.ValidationError, match="combinations"):
		field_access.save(LEAD, changes, field_access.read(LEAD)["token"])
	assert field_access.read(LEAD)["token"] == before[LEAD]


def test_two_who_save_at_once():
	token = field_access.read(LEAD)["token"]
	page.change(LEAD, "city")
	with pytest.raises(ConflictError):
		field_access.save(LEAD, [], token)
	with pytest.raises(ConflictError):
		field_access.reset(LEAD, token)


def test_the_sentences_before_saving(before):
	change = {"doctype": ITEM, "fieldname": "rate", "role": SELLER, "access": HIDE}
	told = field_access.preview(DEAL, [change, {**change, "fieldname": "qty", "access": READ_ONLY}])
	assert told["changes"] == 2
	assert told["sentences"] == [
		"<strong>Products · Rate</strong> will be hidden from Sky Sales User.",
		"<strong>Products · Quantity</strong> will be read only for Sky Sales User.",
	]
	assert field_access.read(DEAL)["token"] == before[DEAL]


def test_a_list_that_somebody_left_sorted_by_the_field_opens_again():
	from frappe.model.utils.user_settings import get_user_settings

	for user, data in (
		("Administrator", {"List": {"order_by": "`tabSky Lead`.`city` asc"}}),
		("Guest", {"List": {}}),
	):
		frappe.db.sql(
			"insert into `__UserSettings` (`user`, `doctype`, `data`) values (%s, %s, %s) on duplicate key update data = values(data)",
			(user, LEAD, json.dumps(data)),
		)
	page.change(LEAD, "city")
	assert "city" not in (get_user_settings(LEAD) or "")
	assert (
		frappe.db.sql("select count(*) from `__UserSettings` where doctype = %s and user = 'Guest'", LEAD)[0][
			0
		]
		== 1
	)


# Sites with rights of their own
# ------------------------------


def own_rights(doctype: str, *rows: dict) -> None:
	"""As an admin's site looks that changed rights before there were levels."""
	frappe.db.delete("Custom DocPerm", {"parent": doctype})
	for row in rows:
		frappe.get_doc({"doctype": "Custom DocPerm", "parent": doctype, "read": 1, **row}).db_insert()
	frappe.db.delete(shipped.LEDGER, {"reference_doctype": "Field Level"})
	frappe.clear_cache(doctype=doctype)
	facts.forget()


def test_a_site_with_own_rights_keeps_seeing_its_fields():
	seller, reader = make.user(SELLER), make.user("Stock User")
	own_rights(LEAD, {"role": SELLER, "write": 1, "create": 1}, {"role": "Stock User"})
	assert "mobile_no" in hidden(LEAD, seller)
	facts.forget()
	field_levels.bring()
	assert not hidden(LEAD, seller) and not hidden(LEAD, reader)
	writes = frappe.get_all(
		"Custom DocPerm", {"parent": LEAD, "permlevel": PERSONAL, "write": 1}, pluck="role"
	)
	assert writes == [SELLER]


def test_what_the_admin_changes_afterwards_survives_a_migrate():
	own_rights(LEAD, {"role": SELLER, "write": 1})
	field_levels.bring()
	page.change(LEAD, "mobile_no", "tax_id", "phone", "zalo_id", "birth_date")
	seller = make.user(SELLER)
	closed = hidden(LEAD, seller)
	rows = frappe.db.count("Custom DocPerm", {"parent": LEAD})
	field_levels.bring()
	facts.forget()
	assert hidden(LEAD, seller) == closed and "tax_id" in closed
	assert frappe.db.count("Custom DocPerm", {"parent": LEAD}) == rows


def test_an_admin_who_uses_the_number_of_our_level_keeps_their_meaning():
	"""Their secret field at our level 9 is seen by managers only; it stays so, and our fields go elsewhere."""
	seller, manager = make.user(SELLER), make.user(MANAGER)
	own_rights(
		LEAD,
		{"role": SELLER, "write": 1},
		{"role": MANAGER, "write": 1},
		{"role": MANAGER, "permlevel": PERSONAL, "write": 1},
	)
	frappe.make_property_setter(
		{
			"doctype": LEAD,
			"fieldname": "notes",
			"property": "permlevel",
			"value": PERSONAL,
			"property_type": "Int",
		}
	)
	frappe.clear_cache(doctype=LEAD)
	field_levels.bring()
	facts.forget()
	assert hidden(LEAD, seller) == {"notes"} and not hidden(LEAD, manager)


def test_a_role_that_is_new_to_a_document_sees_its_fields():
	reader = make.user("Stock User")
	add_permission(LEAD, "Stock User")
	frappe.clear_cache(doctype=LEAD)
	facts.forget()
	assert not hidden(LEAD, reader)
	assert frappe.db.count("Custom DocPerm", {"parent": LEAD, "role": SELLER, "permlevel": PERSONAL}) == 1


# Over HTTP
# ---------


@pytest.mark.commits
def test_only_administrators_of_the_crm_may(rest_as, users):
	"""api.v1: field_access.doctypes, field_access.read, field_access.preview, field_access.save, field_access.reset."""
	seller = users("field-seller@example.com", SELLER, MANAGER)
	admin = users("field-admin@example.com", "Sky CRM Admin")
	page.restore(LEAD)
	frappe.db.commit()
	token = field_access.read(LEAD)["token"]
	change = {"doctype": LEAD, "fieldname": "city", "role": SELLER, "access": HIDE}
	calls = {
		"doctypes": {},
		"read": {"doctype": LEAD},
		"preview": {"doctype": LEAD, "changes": [change]},
		"save": {"doctype": LEAD, "changes": [change], "token": token},
		"reset": {"doctype": LEAD, "token": token},
	}
	for who in ("Guest", seller):
		for method, arguments in calls.items():
			assert rest_as(who).call(f"field_access.{method}", **arguments).status_code == 403, (who, method)
	frappe.db.rollback()
	assert field_access.read(LEAD)["token"] == token
	try:
		client = rest_as(admin)
		assert LEAD in {row["value"] for row in client.message("field_access.doctypes")}
		assert client.message("field_access.preview", **calls["preview"])["changes"] == 1
		saved = client.message("field_access.save", **calls["save"])
		assert client.call("field_access.save", **calls["save"]).status_code == 409
		assert client.call("field_access.save", **{**calls["save"], "changes": "[1]"}).status_code == 417
		assert client.call("field_access.save", **{**calls["save"], "changes": "{"}).status_code == 417
		assert client.message("field_access.read", doctype=LEAD)["token"] == saved["token"] != token
		client.message("field_access.reset", doctype=LEAD, token=saved["token"])
	finally:
		frappe.db.rollback()
		page.restore(LEAD)
		frappe.db.commit()


def test_in_process_the_methods_ask_first():
	seller = make.user(SELLER)
	with make.acting_as(seller):
		for call in (
			api.doctypes,
			lambda: api.read(LEAD),
			lambda: api.preview(LEAD, []),
			lambda: api.save(LEAD, [], "x"),
		):
			with pytest.raises(frappe.PermissionError):
				call()
		with pytest.raises(frappe.PermissionError):
			api.reset(LEAD, "x")
