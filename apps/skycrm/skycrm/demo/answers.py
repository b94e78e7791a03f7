"""What leads have answered to whether they may be written to or called, channel by channel, as the sellers noted it."""

import frappe

from skycrm.demo.plan import Plan
from skycrm.domain.intake import DESK, Consent
from skycrm.services import consent

BY_PHONE = "Khách nói qua điện thoại"
# Which of the leads that somebody has talked to; channel, answer, how, to which words
ANSWERS = (
	(0, Consent("call", "Refused", BY_PHONE, "Không gọi quảng cáo, có gì nhắn qua Zalo.")),
	(1, Consent("email", "Granted", BY_PHONE, "Đồng ý nhận bảng giá mới qua email mỗi quý.")),
	(2, Consent("sms", "Refused", "Khách nhắn lại TC", "TC")),
	(3, Consent("email", "Granted", "Phiếu khảo sát tại showroom", "Tôi đồng ý nhận thư của Sao Việt.")),
	(3, Consent("sms", "Granted", "Phiếu khảo sát tại showroom", "Tôi đồng ý nhận tin nhắn của Sao Việt.")),
	(3, Consent("email", "Refused", BY_PHONE, "Nhận quá nhiều thư, chỉ cần tin nhắn.")),
	(4, Consent("call", "Granted", BY_PHONE, "Gọi trong giờ hành chính.")),
	(5, Consent("call", "Refused", BY_PHONE, "Đừng gọi nữa.")),
	(5, Consent("sms", "Refused", BY_PHONE, "Cũng không nhắn tin.")),
)


def make(plan: Plan, leads: dict[int, str]) -> None:
	"""Each answer by the owner of the lead; most leads were never asked, as it is in life.

	Args:
		plan: the year.
		leads: names of the leads by their number in the plan.
	"""
	asked = [lead for lead in plan.leads if lead.status in ("Contacted", "Nurturing", "Qualified")]
	for place, answer in ANSWERS:
		lead = asked[place % len(asked)]
		frappe.set_user(lead.owner)
		consent.record(leads[lead.number], answer, DESK)
