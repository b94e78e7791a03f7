"""The framework's mails about followed records, each follower's without what is hidden from them."""

from skycrm.services.followed_changes import send


def send_hourly() -> None:
	"""`frappe.desk.form.document_follow.send_hourly_updates`."""
	send("Hourly")


def send_daily() -> None:
	"""`frappe.desk.form.document_follow.send_daily_updates`."""
	send("Daily")


def send_weekly() -> None:
	"""`frappe.desk.form.document_follow.send_weekly_updates`."""
	send("Weekly")
