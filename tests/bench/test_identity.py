"""A lead's identity keys and names, on every way in."""

import pytest
from factories import make_lead, unique

import frappe

KEYS = ("email_key", "phone_key", "phone_key_2", "tax_key", "name_key", "organization_key")


def keys(lead):
	return {key: lead.get(key) for key in KEYS}


@pytest.fixture
def settings():
	"""Change settings for one test; the rollback and the cleared cache undo it."""

	def change(**values):
		doc = frappe.get_doc("Sky CRM Settings")
		doc.update(values)
		doc.save()

	yield change
	frappe.clear_document_cache("Sky CRM Settings", "Sky CRM Settings")


def test_keys_are_stored_with_the_lead():
	lead = make_lead(
		lead_name="Ông Nguyễn Văn Đức",
		email_id=" Duc.Nguyen@Bücher.DE ",
		mobile_no="(+84)0912.345.678",
		phone="04 3825 4321",
		tax_id="MST: 0100109106-001",
		organization="Công ty TNHH MTV An Phát",
	)
	expected = {
		"email_key": "duc.nguyen@xn--bcher-kva.de",
		"phone_key": "+84912345678",
		"phone_key_2": "+842438254321",
		"tax_key": "0100109106-001",
		"name_key": "nguyen van duc",
		"organization_key": "an phat",
	}
	assert keys(lead) == expected
	assert frappe.db.get_value("Sky Lead", lead.name, KEYS, as_dict=True) == expected
	assert lead.lead_name == "Ông Nguyễn Văn Đức"
	assert (lead.last_name, lead.middle_name, lead.first_name) == ("Nguyễn", "Văn", "Đức")
	assert lead.salutation == "Mr"
	assert lead.tax_id == "0100109106-001"
	assert lead.email_id == "Duc.Nguyen@Bücher.DE"
	assert not lead.data_issues


@pytest.mark.parametrize(
	"spelling",
	[
		"0912 345 678",
		"84912345678",
		"0084 912 345 678",
		"０９１２３４５６７８",
		"0912\u00a0345\u00a0678",
		"0912345678 ext 12",
	],
)
def test_every_spelling_of_a_number_can_be_saved(spelling):
	assert make_lead(mobile_no=spelling).phone_key == "+84912345678"


def test_an_old_mobile_number_has_todays_key_and_keeps_its_text():
	lead = make_lead(mobile_no="0123 456 7890")
	assert (lead.mobile_no, lead.phone_key) == ("0123 456 7890", "+84834567890")


def test_the_phone_stands_in_for_a_missing_mobile_number():
	lead = make_lead(phone="0912345678")
	assert (lead.phone_key, lead.phone_key_2) == ("+84912345678", None)
	same = make_lead(mobile_no="0912345678", phone="+84 912 345 678")
	assert (same.phone_key, same.phone_key_2) == ("+84912345678", None)


def test_keys_follow_a_change_and_go_with_the_value():
	lead = make_lead(email_id="an@example.com", mobile_no="0912345678")
	lead.email_id = "binh@example.com"
	lead.mobile_no = ""
	lead.save()
	assert (lead.email_key, lead.phone_key) == ("binh@example.com", None)


@pytest.mark.parametrize(
	("field", "value", "says"),
	[
		("email_id", "Nguyễn An <an@example.com>", ["Email", "an@example.com"]),
		("mobile_no", "0912 34", ["Mobile No", "too few digits", "whole number"]),
		("phone", "0912345678 / 0987654321", ["Phone", "more than one number"]),
		("tax_id", "0100109107", ["Tax Code (MST)", "0100109107", "tenth digit"]),
	],
)
def test_typed_entry_of_an_invalid_value_names_field_reason_and_remedy(field, value, says):
	before = frappe.db.count("Sky Lead")
	with pytest.raises(frappe.ValidationError) as error:
		make_lead(**{field: value})
	for words in says:
		assert words in str(error.value)
	assert frappe.db.count("Sky Lead") == before


def test_all_invalid_fields_are_named_at_once():
	with pytest.raises(frappe.ValidationError):
		make_lead(email_id="an", tax_id="1")
	shown = str(frappe.get_message_log())
	assert "Email" in shown and "Tax Code" in shown


def test_what_the_user_typed_is_escaped_in_the_message():
	with pytest.raises(frappe.ValidationError) as error:
		make_lead(mobile_no="<img src=x onerror=alert(1)>")
	assert "<img" not in str(error.value)


def test_an_import_keeps_invalid_text_without_a_key_and_says_what_is_wrong():
	frappe.flags.in_import = True
	try:
		lead = make_lead(email_id="không có", mobile_no="gọi sau 5h", phone="0912345678", tax_id="12 & 34")
	finally:
		frappe.flags.in_import = False
	lead.reload()
	assert (lead.email_id, lead.mobile_no, lead.tax_id) == ("không có", "gọi sau 5h", "12 & 34")
	assert (lead.email_key, lead.tax_key) == (None, None)
	assert lead.phone_key == "+84912345678"
	lines = lead.data_issues.splitlines()
	assert [line.split(" ")[0] for line in lines] == ["Email", "Mobile", "Tax"]
	assert "12 & 34" in lines[2]


def test_a_kept_value_does_not_stop_later_saves_and_its_flag_goes_when_it_is_corrected():
	lead = make_lead_with(flags={"keep_invalid_values": True}, email_id="không có", tax_id="12")
	lead = frappe.get_doc("Sky Lead", lead.name)
	lead.job_title = "Giám đốc"
	lead.save()
	assert len(lead.data_issues.splitlines()) == 2

	lead = frappe.get_doc("Sky Lead", lead.name)
	lead.email_id = "vẫn không"
	with pytest.raises(frappe.ValidationError):
		lead.save()

	lead = frappe.get_doc("Sky Lead", lead.name)
	lead.update({"email_id": "an@example.com", "tax_id": "0100109106"})
	lead.save()
	assert not lead.data_issues and lead.email_key == "an@example.com"


def make_lead_with(flags, **values):
	doc = frappe.new_doc("Sky Lead")
	doc.update({"lead_name": unique("Nguyễn Văn"), **values})
	doc.flags.update(flags)
	return doc.insert()


def test_parts_alone_make_the_full_name():
	lead = make_lead(lead_name=None, last_name="Nguyễn", middle_name="Văn", first_name="An")
	assert (lead.lead_name, lead.name_key) == ("Nguyễn Văn An", "nguyen van an")
	assert make_lead(lead_name=None, last_name="Smith", first_name="John").lead_name == "John Smith"


def test_name_and_parts_follow_each_other():
	lead = make_lead(lead_name="Nguyễn Văn An")
	lead.lead_name = "Trần Thị Bình"
	lead.save()
	assert (lead.last_name, lead.middle_name, lead.first_name) == ("Trần", "Thị", "Bình")
	lead.first_name = "Yên"
	lead.save()
	assert (lead.lead_name, lead.name_key) == ("Trần Thị Yên", "tran thi yen")
	lead.job_title = "Kế toán"
	lead.save()
	assert lead.lead_name == "Trần Thị Yên"


def test_name_and_parts_that_were_both_given_stay_as_they_are():
	lead = make_lead(lead_name="Chị Yên Trần", last_name="Trần", first_name="Yên")
	assert (lead.lead_name, lead.last_name, lead.first_name) == ("Chị Yên Trần", "Trần", "Yên")


def test_given_names_first_by_setting(settings):
	settings(family_name_first=0)
	lead = make_lead(lead_name="An Văn Nguyễn")
	assert (lead.last_name, lead.middle_name, lead.first_name) == ("Nguyễn", "Văn", "An")
	assert make_lead(lead_name=None, last_name="Nguyễn", first_name="An").lead_name == "An Nguyễn"


def test_the_home_region_is_a_setting(settings):
	settings(default_phone_region="US")
	assert make_lead(mobile_no="(650) 253-0000").phone_key == "+16502530000"


def test_a_foreign_firm_has_its_own_tax_code():
	lead = make_lead(country="Germany", tax_id="DE 123 456 789")
	assert (lead.tax_id, lead.tax_key) == ("DE 123 456 789", "DE123456789")


def test_composed_and_decomposed_names_have_one_key():
	import unicodedata

	composed = make_lead(lead_name="Nguyễn Thị Ngọc Ánh")
	decomposed = make_lead(lead_name=unicodedata.normalize("NFD", "Nguyễn Thị Ngọc Ánh"))
	assert composed.name_key == decomposed.name_key == "nguyen thi ngoc anh"
	assert composed.lead_name == decomposed.lead_name


def test_a_copy_gets_its_own_keys():
	lead = make_lead(email_id="an@example.com")
	copy = frappe.copy_doc(lead, ignore_no_copy=False)
	assert not copy.email_key
	copy.insert()
	assert copy.email_key == "an@example.com"


def test_every_key_column_has_an_index():
	indexed = {
		row.Column_name
		for row in frappe.db.sql("show index from `tabSky Lead`", as_dict=True)
		if row.Seq_in_index == 1
	}
	assert set(KEYS) <= indexed


@pytest.mark.commits
def test_over_rest(rest_as):
	rest = rest_as("Administrator")
	answer = rest.post(
		rest.resource("Sky Lead"), json={"lead_name": "Nguyễn Văn REST", "mobile_no": "0912 34"}
	)
	assert answer.status_code == 417
	assert "Mobile No" in answer.text
	answer = rest.post(
		rest.resource("Sky Lead"),
		json={"lead_name": "Nguyễn Văn REST", "mobile_no": "0912 345 678", "email_key": "forged@example.com"},
	)
	assert answer.status_code == 200
	lead = answer.json()["data"]
	try:
		assert (lead["phone_key"], lead.get("email_key")) == ("+84912345678", None)
	finally:
		assert rest.delete(rest.resource("Sky Lead", lead["name"])).status_code in (200, 202)
