"""What is due for each person when the demo is opened: a handful, as somebody has who keeps up with their work."""

from datetime import date

import frappe
from frappe.utils import add_days

from skycrm.demo.people import PEOPLE
from skycrm.services import reminders

# Of what came due while the year went by, each has this many of a kind left; the rest was dealt with.
LEFT = 4
# Every morning, so that it is due on whatever day somebody opens the demo.
MEETINGS = (
	("lan.nguyen@saoviet.example", "Họp giao ban kinh doanh", "08:15:00"),
	("yen.dang@saoviet.example", "Gọi hỏi thăm khách sau giao hàng", "09:30:00"),
)
TODOS = (
	("minh.tran@saoviet.example", "Gửi bảng giá ghế cho khách tại hội chợ"),
	("trang.pham@saoviet.example", "Nộp báo cáo khảo sát mặt bằng quận 7"),
	("mai.vu@saoviet.example", "Duyệt nội dung thư chúc Tết"),
	("mai.vu@saoviet.example", "Chọn ảnh cho gian hàng hội chợ"),
	("yen.dang@saoviet.example", "Xếp lịch bảo hành máy in tháng này"),
	("hung.le@saoviet.example", "Xem đề xuất điểm mới cho đầu mối"),
	("hung.le@saoviet.example", "Kiểm tra lượt gửi bị lỗi từ Zalo Mini App"),
)


def make(today: date) -> None:
	"""To-dos and meetings by the people whose they are, who also close what they have dealt with.

	Args:
		today: the day on which the demo is loaded.
	"""
	yesterday = add_days(today, -1)
	for user, subject, hour in MEETINGS:
		frappe.set_user(user)
		frappe.get_doc(
			{
				"doctype": "Event",
				"subject": subject,
				"starts_on": f"{yesterday} {hour}",
				"event_type": "Private",
				"repeat_this_event": 1,
				"repeat_on": "Daily",
			}
		).insert()
	for user, text in TODOS:
		frappe.set_user(user)
		frappe.get_doc(
			{"doctype": "ToDo", "description": text, "allocated_to": user, "date": yesterday}
		).insert()
	for person in PEOPLE:
		frappe.set_user(person.email)
		catch_up()


def catch_up() -> None:
	"""Close all reminders of the session's user but the newest of each kind, as their panel shows them, page by page."""
	kept: dict[str, int] = {}
	while True:
		page = reminders.panel()["items"]
		done = []
		kept.clear()
		for item in page:
			kept[item["doctype"]] = kept.get(item["doctype"], 0) + 1
			if kept[item["doctype"]] > LEFT:
				done.append(item)
		if not done:
			return
		reminders.close(done)
