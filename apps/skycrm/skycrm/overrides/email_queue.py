"""What SkyCRM does when the framework queues a mail."""

from frappe.model.document import Document

from skycrm.services import sending_guard


def before_insert(doc: Document, method: str | None = None) -> None:
	sending_guard.check_queued_mail(doc)
