"""What SkyCRM does when the framework queues a mail, and when it sends one.

The framework has no event for sending, and its hook `override_email_send` counts what it was given as sent: hence the
classes. Each adds one question to the framework's own method.
"""

from typing import Any

from frappe.email.doctype.email_queue.email_queue import EmailQueue
from frappe.email.doctype.email_queue_recipient.email_queue_recipient import EmailQueueRecipient
from frappe.model.document import Document

from skycrm.services import mail_markup, sending_guard, waiting_mail


def before_insert(doc: Document, method: str | None = None) -> None:
	sending_guard.check_queued_mail(doc)
	mail_markup.disarm(doc)


class SkyEmailQueue(EmailQueue):
	"""A mail that knows whether it is being sent right now."""

	def update_status(self, status: str, commit: bool = False, **values: Any) -> None:
		if self.flags.sky_sending:
			status = waiting_mail.outcome(self, status, values)
		super().update_status(status, commit=commit, **values)
		self.flags.sky_sending = status == "Sending"


class SkyEmailQueueRecipient(EmailQueueRecipient):
	"""A recipient who may have refused while the mail was waiting."""

	def is_mail_sent(self) -> bool:
		"""The framework asks this right before each mail: who refused is passed over, as who has got it already."""
		return super().is_mail_sent() or self._is_left_out()

	def _is_left_out(self) -> bool:
		queue = self.parent_doc
		return bool(queue and queue.flags.sky_sending) and not waiting_mail.may_go(queue, self)
