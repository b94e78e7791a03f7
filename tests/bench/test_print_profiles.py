"""Sky Lead and Sky Opportunity on one page of paper."""

import chain_records as chain
import print_records as records
import pytest
from factories import mobile

import frappe
from frappe.utils import add_days, now_datetime, nowdate


@pytest.fixture(autouse=True)
def seller():
	records.prepare()


def lead(**values):
	return frappe.get_doc(
		{
			"doctype": "Sky Lead",
			"lead_name": "Nguyễn Văn An",
			"organization": f"Công ty In Thử {frappe.generate_hash(length=6)}",
			"job_title": "Giám đốc mua hàng",
			"mobile_no": mobile(),
			"email_id": f"an-{frappe.generate_hash(length=8)}@example.com",
			"next_contact_on": add_days(now_datetime(), 3),
			"items": [{"item_code": chain.item("PRINT-001"), "qty": 5, "note": "Giao trước Tết"}],
			"notes": "<p>Gặp tại <b>hội chợ</b></p>",
			**values,
		}
	).insert()


def test_lead_profile():
	doc = lead()
	frappe.get_doc(
		{
			"doctype": "ToDo",
			"description": "<p>Gửi <b>catalogue</b></p>",
			"reference_type": "Sky Lead",
			"reference_name": doc.name,
			"date": add_days(nowdate(), 1),
			"allocated_to": "Administrator",
		}
	).insert()
	soup = records.html(doc, "Sky Lead")
	shown = records.text(soup)
	for part in (
		"Hồ sơ đầu mối",
		"Nguyễn Văn An",
		"Giám đốc mua hàng",
		doc.organization,
		doc.email_id,
		doc.name,
	):
		assert part in shown
	assert "Sản phẩm quan tâm" in shown
	assert "Giao trước Tết" in shown
	assert "Gặp tại hội chợ" in shown
	steps = [row.get_text(" ", strip=True) for row in records.body(soup).select(".sky-list tr")]
	assert "Gửi catalogue" in steps[0]
	assert "Liên hệ khách hàng" in steps[1]
	assert len(records.body(soup).select(".sky-page")) == 1
	english = records.text(records.html(doc, "Sky Lead", "en"))
	assert "Lead profile" in english
	assert "Products of interest" in english


def test_lead_profile_of_an_almost_empty_lead():
	doc = lead(items=[], notes="", job_title="", next_contact_on=None)
	shown = records.text(records.html(doc, "Sky Lead"))
	assert "Sản phẩm quan tâm" not in shown
	assert "Việc cần làm tiếp theo" not in shown


def test_opportunity_profile():
	doc = chain.opportunity(
		title="Hệ thống bơm",
		customer=records.buyer(),
		next_step="Trình bày giải pháp",
		next_contact_on=add_days(now_datetime(), 5),
		items=[
			{
				"item_code": chain.item("PRINT-PROFILE"),
				"qty": 2,
				"price_list_rate": 100_000,
				"discount_percentage": 5,
				"rate": 95_000,
			}
		],
	)
	soup = records.html(doc, "Sky Opportunity")
	shown = records.text(soup)
	for part in ("Hồ sơ cơ hội", "Hệ thống bơm", "Công ty TNHH Đỗ Gia Phát", "Trình bày giải pháp"):
		assert part in shown
	assert "Giá trị 190.000 đ" in shown
	assert "Một trăm chín mươi nghìn đồng" in shown
	cells = [cell.get_text(" ", strip=True) for cell in records.body(soup).select("table.sky-items tbody td")]
	assert cells[3:] == ["2", "100.000", "5 %", "190.000"]
	assert records.pdf(doc, "Sky Opportunity").startswith(b"%PDF")


def test_hostile_text_is_text():
	payload = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{ 7*7 }}'
	doc = lead()
	for fieldname in ("lead_name", "organization", "job_title", "email_id", "notes", "zalo_id"):
		frappe.db.set_value("Sky Lead", doc.name, fieldname, payload)
	drawn = records.body(records.html(doc, "Sky Lead"))
	assert not drawn.select("script, img")
	assert drawn.select_one(".sky-profile-title").get_text() == payload


@pytest.mark.parametrize(("fieldname", "value"), [("mobile_no", None), ("job_title", "Giám đốc mua hàng")])
def test_field_above_the_level_of_the_user_is_not_printed(fieldname, value):
	doc = lead()
	value = value or doc.get(fieldname)
	assert value in records.text(records.html(doc, "Sky Lead"))
	frappe.make_property_setter(
		{
			"doctype": "Sky Lead",
			"fieldname": fieldname,
			"property": "permlevel",
			"value": 5,
			"property_type": "Int",
		}
	)
	frappe.clear_cache(doctype="Sky Lead")
	try:
		assert value not in records.text(records.html(doc, "Sky Lead"))
	finally:
		frappe.db.rollback()
		frappe.clear_cache(doctype="Sky Lead")


def test_contact_data_only_for_those_who_may_read_the_contact(monkeypatch):
	contact = frappe.get_doc(
		{
			"doctype": "Contact",
			"first_name": "Bình",
			"phone_nos": [{"phone": "0987654321", "is_primary_mobile_no": 1}],
			"links": [{"link_doctype": "Customer", "link_name": records.buyer()}],
		}
	).insert()
	doc = chain.opportunity(customer=records.buyer(), contact_person=contact.name)
	assert "0987654321" in records.text(records.html(doc, "Sky Opportunity"))
	seller = chain.user("profile-reader", "Sky Sales User")
	frappe.db.set_value("Sky Opportunity", doc.name, "opportunity_owner", seller)
	with_right = frappe.has_permission("Contact", "read", contact.name, user=seller)
	frappe.set_user(seller)
	shown = records.text(records.html(doc, "Sky Opportunity"))
	assert ("0987654321" in shown) == bool(with_right)


def test_competitors_and_salutation():
	rival = chain.once("Competitor", {"competitor_name": "Đối thủ Thử"})
	doc = chain.opportunity(
		competitors=[
			{"competitor": rival, "price_offered": 180_000, "strengths": "Giao nhanh"},
		]
	)
	shown = records.text(records.html(doc, "Sky Opportunity"))
	assert "Đối thủ Thử 180.000 đ; Giao nhanh" in shown
	salutation = chain.once("Salutation", {"salutation": "Anh"})
	assert "Anh Nguyễn Văn An" in records.text(records.html(lead(salutation=salutation), "Sky Lead"))


def test_guest_with_a_share_key_prints_without_tasks():
	doc = lead()
	key = doc.get_document_share_key()
	frappe.set_user("Guest")
	frappe.local.form_dict.key = key
	assert "Nguyễn Văn An" in records.text(records.html(doc, "Sky Lead"))
