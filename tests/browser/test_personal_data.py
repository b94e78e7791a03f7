"""An administrator answers somebody who asks what is kept about them; a seller is asked before writing to who refused."""

from __future__ import annotations

from typing import Any

import pytest
from desk_people import PEOPLE
from playwright.sync_api import expect
from served_site import ServedSite, unique


@pytest.fixture
def refusing_lead(site: ServedSite) -> Any:
	"""A lead of the seller that does not want mail."""
	name = unique("Khách từ chối")
	lead = site.insert(
		"Sky Lead",
		lead_name=name,
		lead_owner=PEOPLE["seller"].email,
		email_id=f"{name.split()[-1].lower()}.tuchoi@example.com",
		email_consent="Refused",
	)
	yield lead
	site.ask("DELETE", f"/api/resource/Sky Lead/{lead['name']}")


def test_a_request_is_looked_at_and_confirmed_by_typing(
	desk: Any, refusing_lead: dict[str, Any], screenshot: Any
) -> None:
	admin = desk("admin")
	admin.open("sky-personal-data-request/new")
	admin.on_form("Sky Personal Data Request")
	admin.choose("kind", "Erasure")
	admin.fill("reason", "Khách yêu cầu bằng thư ngày 12/03")
	admin.fill("email_id", refusing_lead["email_id"])
	name = admin.save()
	admin.button("Xem trước")
	admin.page.wait_for_function("() => cur_frm.doc.status === 'Previewed'")
	admin.idle()
	expect(admin.control("records")).to_contain_text(refusing_lead["name"])
	screenshot(admin.page, "preview")
	admin.button("Xóa")
	# Typed wrongly nothing happens.
	with admin.expected("personal_data.start"):
		admin.fill("typed", "xong", admin.dialog)
		admin.confirm()
		expect(admin.page.locator(".modal.show", has_text=name).last).to_be_visible()
	assert (
		admin.page.evaluate(
			"name => frappe.db.get_value('Sky Personal Data Request', name, 'status').then(r => r.message.status)",
			name,
		)
		== "Previewed"
	)
	admin.page.evaluate("() => { frappe.hide_msgprint(true); cur_dialog && cur_dialog.hide(); }")


def test_a_file_that_names_the_person_waits_for_a_decision(
	desk: Any, site: ServedSite, refusing_lead: dict[str, Any], screenshot: Any
) -> None:
	note = site.insert("Note", title=unique("Biên bản"))
	file = site.insert(
		"File",
		file_name="bien-ban.txt",
		content=f"Có mặt: {refusing_lead['email_id']}",
		is_private=1,
		attached_to_doctype="Note",
		attached_to_name=note["name"],
	)
	request = site.insert(
		"Sky Personal Data Request",
		kind="Erasure",
		reason="Thư ngày 12/03",
		email_id=refusing_lead["email_id"],
	)
	try:
		admin = desk("admin")
		admin.form("Sky Personal Data Request", request["name"])
		admin.button("Xem trước")
		admin.page.wait_for_function("() => cur_frm.doc.status === 'Previewed'")
		admin.idle()
		expect(admin.page.locator(".form-message")).to_contain_text("Số dòng chờ bạn quyết định: 1")
		expect(admin.control("records")).to_contain_text("bien-ban.txt")
		expect(admin.control("records")).to_contain_text("Cần quyết định")
		admin.control("records").scroll_into_view_if_needed()
		screenshot(admin.page, "decide")
		admin.button("Xóa")
		with admin.expected("personal_data.start"):
			admin.fill("typed", request["name"], admin.dialog)
			admin.confirm()
			expect(admin.page.locator(".modal.show", has_text="bien-ban.txt").last).to_be_visible()
		assert (
			site.find("Sky Personal Data Request", {"name": request["name"]}, "status")[0]["status"]
			== "Previewed"
		)
		admin.page.evaluate("() => { frappe.hide_msgprint(true); cur_dialog && cur_dialog.hide(); }")
	finally:
		site.ask("DELETE", f"/api/resource/File/{file['name']}")
		site.ask("DELETE", f"/api/resource/Note/{note['name']}")


def test_a_seller_finds_no_such_requests(desk: Any) -> None:
	seller = desk("seller")
	seller.open("todo")
	assert not seller.page.evaluate("() => frappe.model.can_read('Sky Personal Data Request')")


def test_a_letter_to_somebody_who_refused_asks_first(
	desk: Any, site: ServedSite, refusing_lead: dict[str, Any], screenshot: Any
) -> None:
	account = site.find("Email Account", {"default_outgoing": 1})
	if not account:
		site.insert(
			"Email Account",
			email_account_name="Consent browser",
			email_id="consent-browser@example.com",
			enable_outgoing=1,
			default_outgoing=1,
			enable_incoming=0,
			no_smtp_authentication=1,
			smtp_server="localhost",
			awaiting_password=1,
		)
	seller = desk("seller")
	seller.form("Sky Lead", refusing_lead["name"])
	with seller.expected("communication.email.make"):
		seller.page.evaluate(
			"""([name, to]) => { frappe.call({
				method: 'frappe.core.doctype.communication.email.make',
				args: {doctype: 'Sky Lead', name, recipients: to, subject: 'Báo giá', content: 'Chào anh', send_email: 1},
				error: () => {},
			}); }""",
			[refusing_lead["name"], refusing_lead["email_id"]],
		)
		expect(seller.dialog).to_contain_text("Vẫn gửi")
		screenshot(seller.page, "asked first")
		seller.dialog.get_by_role("button", name="Vẫn gửi").click()
		expect(seller.page.locator(".modal.show")).to_have_count(0)
	rows = site.find(
		"Sky Consent Record", {"lead": refusing_lead["name"], "answer": "Overridden"}, "given_by", "wording"
	)
	assert [(row["given_by"], row["wording"]) for row in rows] == [
		(PEOPLE["seller"].email, refusing_lead["email_id"])
	]
