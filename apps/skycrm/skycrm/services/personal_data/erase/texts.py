"""What is left of the person in texts anywhere on the site."""

from frappe.model.document import Document

from skycrm.services.personal_data import sweep
from skycrm.services.personal_data.erase.rows import ERASED, request_memory
from skycrm.services.personal_data.subject import Subject


def sweep_texts(subject: Subject, request: Document) -> None:
	"""What is left of addresses anywhere, and of names in whatever hangs on the records, under their old names or new."""
	sweep.replace_everywhere(
		sorted(subject.spellings | subject.emails | subject.phones), ERASED, subject.kept
	)
	renamed = request_memory(request).get("renamed") or {}
	records = {
		doctype: [*subject.has(doctype), *renamed.get(doctype, ())]
		for doctype in {*subject.records, *renamed}
	}
	sweep.replace_in_related(sorted(subject.names), ERASED, records, subject.kept)
