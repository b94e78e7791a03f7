"""What web forms leave for later: the mail with a coupon, and counts for the list of forms."""

import frappe

from skycrm.services import form_counters, form_coupon

# Minutes after which a mail that still waits has lost its job: Redis was emptied, or a worker was killed.
LOST_AFTER = 15


def send_coupon(submission: str) -> None:
	"""Job: mail the coupon of one submission; does nothing when it went already."""
	frappe.set_user("Administrator")
	form_coupon.send_mail(submission)


def hourly() -> None:
	"""Scheduler: send what was left behind, and bring the counts up to date."""
	for submission in form_coupon.waiting(LOST_AFTER):
		try:
			form_coupon.send_mail(submission)
		except Exception:
			frappe.db.rollback()
			frappe.log_error(title="Mail with a coupon was not queued", reference_name=submission)
		# Each mail by itself: one that fails does not take the others back.
		frappe.db.commit()  # nosemgrep: frappe-manual-commit
	form_counters.store()
