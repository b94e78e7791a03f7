"""The demo firm's doors: a web form with answers, a rule that shares leads out, an absence, leads for the taking."""

from datetime import date

import frappe
from frappe.utils import add_days

from skycrm.demo.people import NORTH, ROOT_TEAM, SOUTH
from skycrm.domain.intake import Consent
from skycrm.domain.web_form import MESSAGE
from skycrm.services import form_capture, form_definition

FORM = "dang-ky-tu-van"
SITE = "https://saoviet.example"
WORDING = "Tôi đồng ý nhận thông tin khuyến mại của Sao Việt qua email. Tôi có thể từ chối bất cứ lúc nào."

# name, organization, mobile, e-mail, message, utm_campaign; who comes twice becomes one lead with two touches.
VISITORS = (
	(
		"Đinh Thị Hạnh",
		"Trường Mầm non Hoa Sen",
		"0900 001 001",
		"hanh.dinh@hoasen.example",
		"Cần báo giá 20 bộ bàn ghế",
		"he-2026",
	),
	(
		"Mai Văn Quyết",
		"Công ty TNHH Quyết Thắng",
		"0900 001 002",
		"quyet.mai@quyetthang.example",
		"Tư vấn máy in văn phòng",
		"",
	),
	("Tạ Minh Châu", "", "0900 001 003", "chau.ta@thu.example", "Xin bảng giá đại lý", "he-2026"),
	(
		"Đinh Thị Hạnh",
		"Trường Mầm non Hoa Sen",
		"+84 900 001 001",
		"Hanh.Dinh@hoasen.example",
		"Cho hỏi thêm thời gian giao hàng",
		"he-2026",
	),
)
# Nobody's yet: the members of the team claim them.
FOR_THE_TAKING = (
	("Lý Hải Yến", "Nhà sách Hải Yến", "0900 001 011", NORTH),
	("Cao Thanh Sơn", "Công ty TNHH Sơn Cao", "0900 001 012", NORTH),
	("Kiều Bảo Ngọc", "Spa Bảo Ngọc", "0900 001 013", SOUTH),
	("Châu Tấn Phát", "Công ty TNHH Tấn Phát", "0900 001 014", SOUTH),
	("Quách Mỹ Linh", "Trường Mầm non Họa Mi", "0900 001 015", SOUTH),
)
# The same person as the first visitor, typed in by hand: a pair for the report of poor data to find.
TYPED_TWICE = ("Dinh Thi Hanh", "Mầm non Hoa Sen", "0900001001")


def make(today: date) -> None:
	"""Everything as the administrator would set it up; after the leads of the year, which have their owners.

	Args:
		today: the day on which the demo is loaded.
	"""
	frappe.set_user("Administrator")
	share_out(today)
	make_form()
	for visitor in VISITORS:
		answer(*visitor)
	for name, organization, mobile, team in FOR_THE_TAKING:
		make_lead(name, organization, mobile, team=team, source="Facebook")
	twice = make_lead(*TYPED_TWICE, source="Phone Call", lead_owner="minh.tran@saoviet.example")
	twice.add_comment("Comment", "Cô hiệu phó gọi, muốn xem bàn ghế mẫu vào thứ Sáu.")


def share_out(today: date) -> None:
	frappe.get_doc(
		{
			"doctype": "Sky Assignment Rule",
			"rule_name": "Khách tự tìm đến: chia đều cho nhóm kinh doanh",
			"method": "Round Robin",
			"conditions": [{"field_name": "door", "operator": "in", "value": "Web Form, Webhook, Email"}],
			"team": ROOT_TEAM,
			"role": "Sky Sales User",
			"with_teams_below": 1,
			"include_managers": 1,
			"fallback": "Wait in the Pool",
			"fallback_team": NORTH,
		}
	).insert()
	frappe.get_doc(
		{
			"doctype": "Sky Absence",
			"user": "trang.pham@saoviet.example",
			"from_date": add_days(today, 20),
			"to_date": add_days(today, 24),
			"deputy": "minh.tran@saoviet.example",
			"reason": "Nghỉ phép năm",
		}
	).insert()


def make_form() -> None:
	frappe.get_doc(
		{
			"doctype": "Sky Web Form",
			"title": "Đăng ký tư vấn",
			"slug": FORM,
			"published": 1,
			"source": "Website",
			"heading_vi": "Đăng ký tư vấn miễn phí",
			"intro_vi": "Để lại thông tin, nhân viên kinh doanh gọi lại trong ngày.",
			"button_vi": "Gửi đăng ký",
			"thank_you_vi": "Cảm ơn anh/chị. Sao Việt sẽ liên hệ trong ngày làm việc hôm nay.",
			"heading_en": "Ask for free advice",
			"button_en": "Send",
			"thank_you_en": "Thank you. We will call you back today.",
			"form_fields": [
				{"field": "Full Name", "required": 1, "label_vi": "Họ và tên", "label_en": "Your name"},
				{"field": "Mobile No", "required": 1, "label_vi": "Số di động", "label_en": "Mobile"},
				{"field": "Email", "label_vi": "Email", "label_en": "Email"},
				{"field": "Organization", "label_vi": "Đơn vị", "label_en": "Organization"},
				{"field": "Message", "label_vi": "Anh/chị cần gì?", "label_en": "What do you need?"},
			],
			"consents": [
				{
					"channel": "Email",
					"wording_vi": WORDING,
					"wording_en": "I agree to receive offers of Sao Viet by e-mail. I may refuse at any time.",
				}
			],
			"allowed_origins": [{"origin": SITE}],
		}
	).insert()


def answer(name: str, organization: str, mobile: str, email: str, message: str, campaign: str) -> None:
	"""One visitor who fills in the form and ticks its box; a guest, as on the firm's web site."""
	frappe.set_user("Guest")
	form = frappe.get_doc("Sky Web Form", FORM)
	values = {"lead_name": name, "organization": organization, "mobile_no": mobile, "email_id": email}
	values = {field: value for field, value in {**values, MESSAGE: message}.items() if value}
	labels = {question.fieldname: question.label for question in form_definition.asked(form, "vi")}
	form_capture.keep(
		form_capture.Checked(
			form=form,
			language="vi",
			values=values,
			content={labels[field]: value for field, value in values.items()},
			consents=(Consent("email", "Granted", f"Ô đánh dấu trên biểu mẫu {form.title}", WORDING),),
			utm={"utm_source": "facebook", "utm_campaign": campaign} if campaign else {},
			page=f"{SITE}/dang-ky-tu-van",
			origin=SITE,
		)
	)
	frappe.set_user("Administrator")


def make_lead(name: str, organization: str, mobile: str, **values: str):
	return frappe.get_doc(
		{
			"doctype": "Sky Lead",
			"lead_name": name,
			"organization": organization,
			"mobile_no": mobile,
			**values,
		}
	).insert()
