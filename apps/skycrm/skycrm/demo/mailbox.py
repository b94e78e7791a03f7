"""Mails to the firm's lead address: one of somebody new, two of people who are leads already."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import frappe
from frappe.utils import get_system_timezone

from skycrm.overrides.lead_mail import LEAD, LeadMail

ADDRESS = "tuvan@saoviet.example"
ACCOUNT = "Hộp thư tư vấn"
# sender's name, address, hours ago, subject, text
MAILS = (
	(
		"Đinh Thị Hạnh",
		"hanh.dinh@hoasen.example",
		50,
		"Bổ sung danh sách bàn ghế",
		"Chào anh chị,\n\nTrường cần thêm 5 bộ bàn ghế cho lớp mẫu giáo lớn, tổng cộng 25 bộ.\n"
		"Nhờ anh chị cập nhật báo giá.\n\nĐinh Thị Hạnh\nTrường Mầm non Hoa Sen",
	),
	(
		"Nghiêm Xuân Thủy",
		"thuy.nghiem@nhaxuatbanlasen.example",
		27,
		"Hỏi mua máy hủy tài liệu",
		"Kính gửi Sao Việt,\n\nChúng tôi cần 3 máy hủy tài liệu cho văn phòng Đà Nẵng, giao trong tháng này.\n"
		"Xin cho biết giá và thời gian bảo hành.\n\nNghiêm Xuân Thủy\nNhà xuất bản Lá Sen\nDi động: 0900 005 001",
	),
	(
		"Tạ Minh Châu",
		"chau.ta@thu.example",
		5,
		"Re: Bảng giá đại lý",
		"Em đã nhận bảng giá. Cho em hỏi mức chiết khấu khi lấy từ 50 ghế trở lên.\n\nChâu",
	),
)


def make(now: datetime) -> None:
	"""The mails as the fetching job hands them over; nothing is fetched, for there is no such mailbox.

	Args:
		now: the moment at which the demo is loaded, in the site's zone.
	"""
	frappe.set_user("Administrator")
	account = frappe.get_doc(
		{
			"doctype": "Email Account",
			"email_account_name": ACCOUNT,
			"email_id": ADDRESS,
			"append_to": LEAD,
			"use_imap": 0,
			# Switched on, the scheduler would look for a server that does not exist.
			"enable_incoming": 0,
			"create_contact": 0,
		}
	).insert()
	for number, (name, address, hours, subject, text) in enumerate(MAILS, start=1):
		sent = (now - timedelta(hours=hours)).replace(tzinfo=ZoneInfo(get_system_timezone()))
		LeadMail(message(number, name, address, sent, subject, text), account).process()


def message(number: int, name: str, address: str, sent: datetime, subject: str, text: str) -> bytes:
	"""A mail as it comes over the network."""
	mail = EmailMessage()
	mail["From"] = f"{name} <{address}>"
	mail["To"] = f"Sao Việt <{ADDRESS}>"
	mail["Subject"] = subject
	mail["Date"] = format_datetime(sent)
	mail["Message-ID"] = f"<demo-{number}@{address.partition('@')[2]}>"
	mail.set_content(text)
	return mail.as_bytes()
