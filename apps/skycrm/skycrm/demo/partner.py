"""Leads that the firm's Zalo mini app sends: a webhook with its mapping, and events of each outcome."""

import json
from typing import Any

import frappe

from skycrm.services import inbound_webhook

TITLE = "Zalo Mini App Sao Việt"
# path in the payload, field of the lead, how it is read, whether it must be there
MAPPING = (
	("customer.name", "lead_name", "", 1),
	("customer.phone", "mobile_no", "", 0),
	("customer.email", "email_id", "Lower Case", 0),
	("customer.company", "organization", "", 0),
	("request", "note", "", 0),
	("campaign", "utm_campaign", "", 0),
	("accepts_sms", "sms_consent", "Yes or No", 0),
)


def event(number: int, request: str, accepts_sms: str = "", **customer: str) -> dict[str, Any]:
	"""What the mini app sends when somebody has filled in its form."""
	sent = {"id": f"ZMA-{number}", "customer": customer, "request": request, "campaign": "tet-binh-ngo"}
	return {**sent, "accepts_sms": accepts_sms} if accepts_sms else sent


# The fourth is one of the visitors of the web form; the fifth lacks what the mapping needs.
TAKEN = (
	event(
		1041,
		"Xem mẫu bàn nâng hạ điện tại showroom",
		"có",
		name="Trịnh Quốc Huy",
		phone="0900 004 001",
		email="huy.trinh@kientrucxanh.example",
		company="Công ty TNHH Kiến trúc Xanh",
	),
	event(1042, "Hỏi giá 50 ram giấy A4", "không", name="Phùng Thị Nga", phone="0900 004 002"),
	event(
		1043,
		"Đặt lịch tư vấn phòng họp",
		"có",
		name="Lâm Gia Bảo",
		phone="0900 004 003",
		email="Bao.Lam@logisticsnamviet.example",
		company="Công ty Cổ phần Logistics Nam Việt",
	),
	event(1044, "Cho hỏi bảo hành máy in", name="Mai Văn Quyết", phone="0900001002"),
	event(1045, "Khách bấm quan tâm, chưa để lại tên", phone="0900 004 005"),
)
# Sent after the firm had decided that known people are refused at this door.
REFUSED = (event(1046, "Gửi lại bảng giá", name="Trịnh Quốc Huy", phone="0900 004 001"),)


def make() -> None:
	"""The administrator sets the webhook up and later makes it stricter; the mini app sends throughout."""
	frappe.set_user("hung.le@saoviet.example")
	hook = frappe.get_doc(
		{
			"doctype": inbound_webhook.HOOK,
			"title": TITLE,
			"source": "Zalo",
			"event_id_path": "id",
			"policy": "Attach",
			"mapping": [
				{"path": path, "lead_field": field, "transform": transform, "required": required}
				for path, field, transform, required in MAPPING
			],
			"sample_payload": json.dumps(TAKEN[0], ensure_ascii=False, indent=1),
		}
	).insert()
	inbound_webhook.rotate_secret(hook)
	send(hook.name, TAKEN)
	frappe.set_user("hung.le@saoviet.example")
	hook.reload()
	hook.policy = "Refuse"
	hook.save()
	send(hook.name, REFUSED)


def send(hook_name: str, events: tuple[dict[str, Any], ...]) -> None:
	"""As the door does it for a guest, once the signature is found right."""
	frappe.set_user("Guest")
	hook = frappe.get_doc(inbound_webhook.HOOK, hook_name)
	for sent in events:
		body = json.dumps(sent, ensure_ascii=False).encode()
		inbound_webhook.receive(hook, body, "application/json", None, inbound_webhook.body_id(sent["id"]))
