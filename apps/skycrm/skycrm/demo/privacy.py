"""Somebody asked what the firm keeps about them: the request is written down and looked at, and waits to be carried out."""

import frappe

from skycrm.demo import doors
from skycrm.services.personal_data import requests

WHO_MAY = "hung.le@saoviet.example"


def make() -> None:
	"""By the administrator of the CRM, the only one who may."""
	frappe.set_user(WHO_MAY)
	name, _organization, mobile, email, *_more = doors.VISITORS[2]
	request = frappe.get_doc(
		{
			"doctype": requests.DOCTYPE,
			"kind": requests.EXPORT,
			"reason": f"Chị {name} viết thư hỏi công ty đang giữ thông tin gì của chị.",
			"email_id": email,
			"phone": mobile,
		}
	).insert()
	requests.preview(request.name)
