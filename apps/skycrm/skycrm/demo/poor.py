"""Leads as they are in every firm: half filled in, typed twice, sharing an address. The report of poor data finds each kind."""

import frappe

from skycrm.api.v1 import leads as leads_api

LAN, MINH, TRANG = "lan.nguyen@saoviet.example", "minh.tran@saoviet.example", "trang.pham@saoviet.example"
OFFICE_MAIL, OFFICE_TAX = "vanphong@tamducgroup.example", "0188703850"
FIRM = "Công ty Cổ phần Tập đoàn Tâm Đức"

# owner, fields; in pairs where two of them are the finding
LEADS: tuple[tuple[str, dict[str, str]], ...] = (
	# No way to reach them, no name, no source.
	(MINH, {"lead_name": "Anh Thắng", "organization": "Quán cà phê Góc Phố", "source": "Walk In"}),
	(TRANG, {"mobile_no": "0900 006 002", "source": "Phone Call"}),
	(TRANG, {"lead_name": "Lưu Thị Bích Ngọc", "mobile_no": "0900 006 003"}),
	# One mailbox of an office, two people.
	(
		LAN,
		{"lead_name": "Nguyễn Hoài Thu", "email_id": OFFICE_MAIL, "organization": FIRM, "source": "Referral"},
	),
	(
		MINH,
		{"lead_name": "Trương Công Định", "email_id": OFFICE_MAIL, "tax_id": OFFICE_TAX, "source": "Website"},
	),
	# One tax code, two people.
	(
		LAN,
		{
			"lead_name": "Phùng Khắc Huy",
			"organization": FIRM,
			"tax_id": OFFICE_TAX,
			"mobile_no": "0900 006 006",
			"source": "Phone Call",
		},
	),
	# One name, one firm, two numbers: only somebody who knows them can say.
	(
		TRANG,
		{
			"lead_name": "Hồ Thị Thảo",
			"organization": "Spa Thảo Mộc",
			"mobile_no": "0900 006 007",
			"source": "Zalo",
		},
	),
	(
		TRANG,
		{
			"lead_name": "Hồ Thị Thảo",
			"organization": "Spa Thảo Mộc",
			"mobile_no": "0900 006 008",
			"source": "Facebook",
		},
	),
)

# The same buyer, once by Zalo and once by mail: noticed and merged.
STAYS = {
	"lead_name": "Nguyễn Quốc Bảo",
	"organization": "Công ty TNHH Nội thất Gia Bảo",
	"mobile_no": "0900 006 011",
	"city": "Hà Nội",
	"source": "Zalo",
}
GOES = {
	"lead_name": "Bảo Nguyễn",
	"email_id": "bao@noithatgiabao.example",
	"mobile_no": "+84 900 006 011",
	"job_title": "Giám đốc",
	"source": "Website",
}


def make() -> None:
	"""Each lead by its owner; then the merge, by the manager."""
	for owner, values in LEADS:
		make_lead(owner, **values)
	merge_two()


def merge_two() -> None:
	"""A merge with something to move, which can be undone."""
	stays = make_lead(MINH, **STAYS)
	goes = make_lead(TRANG, **GOES)
	goes.add_comment("Comment", "Khách hỏi giá ghế giám đốc, hẹn gửi mẫu da.")
	frappe.get_doc(
		{
			"doctype": "ToDo",
			"description": "Gửi mẫu da ghế giám đốc cho anh Bảo",
			"reference_type": "Sky Lead",
			"reference_name": goes.name,
			"allocated_to": TRANG,
			"date": frappe.utils.add_days(frappe.utils.nowdate(), 3),
		}
	).insert()
	frappe.set_user(LAN)
	leads_api.merge(stays.name, [goes.name], {"job_title": goes.name})


def make_lead(owner: str, **values: str):
	"""A lead as its owner types it in."""
	frappe.set_user(owner)
	return frappe.get_doc({"doctype": "Sky Lead", "lead_owner": owner, **values}).insert()
