"""What is left of the person in texts anywhere on the site."""

import json

from frappe.model.document import Document

from skycrm.domain.personal.marks import patterns_of
from skycrm.services.personal_data import sweep
from skycrm.services.personal_data.erase.rows import ERASED, all_records
from skycrm.services.personal_data.subject import CUSTOMER, Subject, marks_of


def sweep_texts(subject: Subject, request: Document) -> None:
	"""What is left of addresses anywhere, and of names in whatever hangs on the records, under their old names or new."""
	marks = marks_of(subject)
	sweep.replace_everywhere(marks.patterns, ERASED, subject.kept)
	# In JSON a name stands with its letters escaped.
	names = patterns_of({*subject.names, *(json.dumps(name)[1:-1] for name in subject.names)})
	sweep.replace_in_related(names, ERASED, all_records(subject, request), subject.kept)
	# Of a customer whom law keeps, the name and the street are kept; ERPNext shows the number beside the street.
	customers = [
		name for (doctype, name), why in subject.kept.items() if (doctype, why) == (CUSTOMER, "documents")
	]
	sweep.replace_in(CUSTOMER, customers, ["primary_address"], marks.patterns, ERASED)
