"""An admin sets up a webhook: mapping rows with a list of fields, a try that saves nothing, a secret shown once."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import requests
from desk import exact
from playwright.sync_api import expect
from served_site import ServedSite, unique


def test_an_admin_maps_tries_and_gets_a_secret_that_works(
	site: ServedSite, desk: Any, screenshot: Callable[..., Any]
) -> None:
	email = f"{unique('hook').replace(' ', '-').lower()}@example.com"
	sample = {"contact": {"name": "Nguyễn Văn Webhook", "mail": email}, "event": email}
	admin = desk("admin")
	admin.open("sky-inbound-webhook/new")
	admin.on_form("Sky Inbound Webhook")
	admin.fill("title", unique("Zalo"))
	for place, (field, path, shown) in enumerate(
		[("Email", "contact.mail", "email_id"), ("Họ và tên", "contact.name", "lead_name")]
	):
		if not admin.control("mapping").locator(".grid-body .grid-row").nth(place).is_visible():
			admin.add_row("mapping")
		row = admin.control("mapping").locator(".grid-body .grid-row").nth(place)
		cell = row.locator('.data-row [data-fieldname="lead_field"].grid-static-col').first
		cell.click()
		cell.locator("input").first.fill(field)
		cell.locator(".awesomplete li:visible", has_text=exact(field)).first.click()
		admin.cell(row, "path", path)
		assert admin.doc()["mapping"][place]["lead_field"] == shown
	name = admin.save()
	admin.page.evaluate("text => cur_frm.set_value('sample_payload', text)", json.dumps(sample))
	expect(admin.control("address_html")).to_contain_text(f"webhooks.receive?hook={name}")

	admin.button("Thử ghép trường")
	expect(admin.dialog).to_contain_text(email)
	expect(admin.dialog).to_contain_text("Nguyễn Văn Webhook")
	screenshot(admin.page, "try")
	admin.close()
	assert not site.find("Sky Lead", {"email_id": email}, "name")

	admin.button("Khóa bí mật mới")
	# A dialog that is still fading in does not close
	expect(admin.dialog).to_have_css("opacity", "1")
	admin.page.wait_for_timeout(400)
	admin.confirm()
	secret = admin.page.locator(".modal.show pre").inner_text().strip()
	assert len(secret) >= 40
	screenshot(admin.page, "secret")
	admin.close()

	body, stamp = json.dumps(sample).encode(), str(int(time.time()))
	signature = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
	answer = requests.post(
		f"{site.base}/api/method/skycrm.api.v1.webhooks.receive?hook={name}",
		data=body,
		headers={
			"Host": site.http.headers["Host"],
			"Content-Type": "application/json",
			"X-Timestamp": stamp,
			"X-Event-Id": email,
			"X-Signature": signature,
		},
		timeout=60,
	)
	assert answer.status_code == 200, answer.text
	[lead] = site.find("Sky Lead", {"email_id": email}, "name", "lead_name")
	assert lead["lead_name"] == "Nguyễn Văn Webhook"

	admin.list("Sky Inbound Event")
	expect(admin.body.locator(".list-row-container", has_text="Đã tạo").first).to_be_visible()
	screenshot(admin.page, "events")
	admin.open(f"sky-inbound-event/{answer.json()['message']['reference']}")
	admin.on_form("Sky Inbound Event")
	screenshot(admin.page, "event")
