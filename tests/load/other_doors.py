"""Leads by webhook and by mail, beside the framework's own ways; and what the guard on exported files costs."""

from __future__ import annotations

import json
import time
from email.message import EmailMessage

from common import Figure, Person, new_person, paired_ms
from inserting import erpnext_lead, insert

import frappe
from frappe.email.receive import InboundMail
from frappe.utils.xlsxutils import make_xlsx

from skycrm.domain.webhook_signature import is_genuine, sign
from skycrm.overrides.lead_mail import LeadMail
from skycrm.services import inbound_webhook
from skycrm.services.export_guard import guarded

SECRET = "s" * 40


def measure(times: int = 100, rows: int = 100_000) -> list[Figure]:
	"""All figures of these doors; what was made for them is removed."""
	user = frappe.session.user
	frappe.set_user("Administrator")
	hook = _hook()
	accounts = _account("Load Leads", "Sky Lead"), _account("Load Peer Leads", "Lead")
	frappe.db.commit()
	try:
		return [*by_webhook(hook, times), *by_mail(*accounts, times=times), *exporting(rows)]
	finally:
		frappe.db.rollback()
		frappe.db.delete("Sky Inbound Event", {"webhook": hook.name})
		frappe.delete_doc("Sky Inbound Webhook", hook.name, force=True)
		for account in accounts:
			frappe.db.delete("Email Account", {"name": account.name})
		frappe.db.commit()
		frappe.set_user(user)


def by_webhook(hook, times: int) -> list[Figure]:
	"""A signed event in process: signature, mapping, event, lead and touch; the peer is a plain insert of a Lead."""

	def event() -> None:
		person = new_person()
		stamp = str(int(time.time()))
		body = json.dumps({"name": person.name, "email": person.email, "phone": person.phone}).encode()
		signature = sign(SECRET, stamp, body)
		assert is_genuine([SECRET], signature, stamp, body, time.time())
		answer = inbound_webhook.receive(hook, body, "application/json", signature, signature)
		assert answer["outcome"] in ("Made", "Attached"), answer
		frappe.db.commit()

	ours, peer = paired_ms(event, lambda: insert(erpnext_lead(new_person())), times)
	return [
		Figure(
			"webhook, a signed event, peer inserts a Lead",
			1000 / ours,
			1000 / peer,
			"events/s",
			"≥ 1x",
			met=ours <= peer,
		)
	]


def by_mail(account, peer_account, times: int) -> list[Figure]:
	"""A mail of a new person, parsed and filed: ours as lead, peer's as ERPNext Lead by the framework alone."""

	def raw() -> bytes:
		person: Person = new_person()
		mail = EmailMessage()
		mail["From"] = f"{person.name} <{person.email}>"
		mail["To"] = account.email_id
		mail["Subject"] = f"Hỏi giá {frappe.generate_hash(length=12)}"
		mail["Message-ID"] = f"<{frappe.generate_hash(length=20)}@load.example>"
		mail.set_content(f"Cho tôi xin báo giá.\n\n{person.name}\n")
		return mail.as_bytes()

	def process(mail: InboundMail) -> None:
		mail.process()
		frappe.db.commit()

	ours, peer = paired_ms(
		lambda: process(LeadMail.take_over(InboundMail(raw(), account))),
		lambda: process(InboundMail(raw(), peer_account)),
		times,
	)
	return [Figure("mail, a new person, peer as ERPNext Lead", 1000 / ours, 1000 / peer, "mails/s", "")]


def exporting(rows: int) -> list[Figure]:
	"""Making a workbook of so many leads, and guarding it: one cell in ten is dangerous."""
	data = [["No", "Name", "Firm", "Phone", "Note", "Score"]]
	for place in range(rows):
		firm = '=HYPERLINK("https://example.com")' if place % 10 == 0 else "Công ty ABC"
		data.append([place, f"Nguyễn Văn {place}", firm, f"+8491234{place % 10000:04d}", "- gọi lại", 50])
	start = time.perf_counter()
	content = make_xlsx(data, "Leads").getvalue()
	made = time.perf_counter() - start
	start = time.perf_counter()
	guarded(content, "xlsx")
	kept = time.perf_counter() - start
	name = f"XLSX of {rows} leads: guarding it, peer makes it"
	return [Figure(name, kept, made, "s", "≤ 1x", met=kept <= made)]


def _hook():
	return frappe.get_doc(
		{
			"doctype": "Sky Inbound Webhook",
			"title": "Load",
			"secret": SECRET,
			"mapping": [
				{"lead_field": "lead_name", "path": "name"},
				{"lead_field": "email_id", "path": "email"},
				{"lead_field": "mobile_no", "path": "phone"},
			],
		}
	).insert()


def _account(name: str, append_to: str):
	account = frappe.get_doc(
		{
			"doctype": "Email Account",
			"email_account_name": name,
			"email_id": f"{name.lower().replace(' ', '-')}@load.example",
			"append_to": append_to,
			"create_contact": 0,
		}
	)
	account.name = name
	account.db_insert()
	return account
