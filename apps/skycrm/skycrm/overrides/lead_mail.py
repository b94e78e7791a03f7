"""Mails to an account that makes leads: the framework's own handling, with our answers where it asks what they belong to."""

from functools import cached_property
from typing import Any

import frappe
from frappe.email.receive import InboundMail, SentEmailInInboxError
from frappe.model.document import Document

from skycrm.domain.mail_person import decoded
from skycrm.services import mail_intake
from skycrm.services.messages import ConflictError

LEAD = mail_intake.LEAD
MOST_REFERENCES = 20
ATTEMPTS = 3
DATA_LENGTH = 140


class LeadMail(InboundMail):
	"""A mail that may make a lead, if nothing else is known of it."""

	@classmethod
	def take_over(cls, mail: InboundMail) -> "LeadMail":
		"""The same mail as one of this class; it is not parsed again."""
		taken = cls.__new__(cls)
		taken.__dict__.update(mail.__dict__)
		if len(taken.from_email or "") > DATA_LENGTH:
			# No address is that long, and no column either.
			taken.from_email = None
		return taken

	@staticmethod
	def is_for(mail: InboundMail) -> bool:
		"""Whether the account, or the folder that the mail came in, makes leads."""
		account = mail.email_account
		return (mail.append_to if account.use_imap else account.append_to) == LEAD

	@cached_property
	def headers(self) -> dict[str, str]:
		"""Name in lower case → text of the first header of that name. Those with addresses stay as they came."""
		found: dict[str, str] = {}
		for name, value in self.mail.items():
			found.setdefault(name.lower(), str(value))
		found["subject"] = decoded(found.get("subject"))
		if "x-original-from" in found:
			found["from"] = found["x-original-from"]
		return found

	@cached_property
	def why_no_lead(self) -> str:
		"""A reason of domain/inbound_mail.py, "" when a person wrote it."""
		return mail_intake.why_no_lead(self.headers, self.from_email, self.email_account.email_id)

	@cached_property
	def arrival(self) -> Any:
		"""What the mail means as an arrival, None when it makes no lead."""
		if self.why_no_lead:
			return None
		return mail_intake.arrival_of(
			self.headers,
			self.from_email,
			self.text_content,
			self.html_content,
			self.email_account.name,
			self.message_id,
			self.date,
		)

	def process(self) -> Document:
		"""As the framework does it, once for each mail, also when two fetch it at the same moment.

		The mail is gone from its server by now. So who meets another transaction tries again, and a mail that cannot be
		handled at all is kept as Unhandled Email, which the framework does for IMAP alone.
		"""
		for attempt in range(1, ATTEMPTS + 1):
			try:
				return self._process_once()
			except (frappe.QueryDeadlockError, frappe.QueryTimeoutError, ConflictError):
				if attempt == ATTEMPTS:
					self._keep_unhandled()
					raise
				frappe.db.rollback()
				frappe.clear_messages()
				self._parent_email_queue = self._parent_communication = self._reference_document = None
			except SentEmailInInboxError:
				raise
			except Exception:
				self._keep_unhandled()
				raise
		raise AssertionError  # pragma: no cover - the last attempt has returned or raised

	def _process_once(self) -> Document:
		# The framework leaves it out when a mail names no sender, and takes letters such as ị and ạ out of a name.
		name = mail_intake.name_of_sender(self.headers, self.from_email) if self.from_email else ""
		# Longer than the column from who wants to break it.
		self.from_real_name = (name or getattr(self, "from_real_name", None) or "")[:DATA_LENGTH]
		if not self.message_id:
			body = self.text_content or self.html_content
			self.message_id = mail_intake.id_without_header(self.headers, body)
		self.files_left_out: list[str] = []
		mail_intake.lock(self.arrival, self.message_id)
		communication = super().process()
		if self.flags.is_new_communication and communication.reference_doctype == LEAD:
			shown_inline = {file.name for file in communication._attachments if file.name in self.cid_map}
			lead = communication.reference_name
			mail_intake.attach_files(lead, communication._attachments, shown_inline)
			mail_intake.tell_of_files_left_out(lead, self.files_left_out)
		return communication

	def save_attachments_in_doc(self, doc: Document) -> list[Document]:
		"""One by one: a file that the framework refuses, for its kind or because it is broken, must not lose the mail."""
		saved: list[Document] = []
		everything, self.attachments = self.attachments, []
		for attachment in everything:
			self.attachments = [attachment]
			frappe.db.savepoint("mail_file")
			messages = len(frappe.local.message_log)
			try:
				saved += super().save_attachments_in_doc(doc)
			except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
				raise
			except Exception:
				frappe.db.rollback(save_point="mail_file")
				del frappe.local.message_log[messages:]
				self.files_left_out.append(str(attachment["fname"]))
		self.attachments = everything
		return saved

	def _keep_unhandled(self) -> None:
		if self.email_account.use_imap:
			return
		reason = frappe.get_traceback()
		frappe.db.rollback()
		mail_intake.keep_unhandled(self.raw_message, self.message_id, self.email_account.name, reason)
		# The framework rolls back what a failed mail has written, and the server has deleted the mail.
		frappe.db.commit()  # nosemgrep: frappe-manual-commit

	def _create_reference_document(self, doctype: str) -> str | None:
		if doctype != LEAD:
			return super()._create_reference_document(doctype)
		return mail_intake.take_in(self.arrival, self.subject) if self.arrival else None

	def match_record_by_subject_and_sender(self, doctype: str) -> Document | None:
		"""A known person is met by their address; a number in the subject counts only from whoever may name it."""
		if doctype != LEAD:
			return super().match_record_by_subject_and_sender(doctype)
		return mail_intake.lead_named_in(self.subject, self.from_email)

	def reference_document(self) -> Document | str:
		"""As the framework; with IMAP it does not look at the subject, for the account itself names no DocType."""
		found = super().reference_document()
		if not found and not self.email_account.append_to:
			found = self._reference_document = self.match_record_by_subject_and_sender(LEAD) or ""
		return found

	def parent_communication(self) -> Document | str:
		"""The framework reads In-Reply-To alone; some programs name the thread in References only."""
		found = super().parent_communication()
		if found or self._parent_communication:
			return found
		ids = [part.strip("<>") for part in self.headers.get("references", "").split()]
		if name := mail_intake.parent_of([part for part in ids if part][-MOST_REFERENCES:]):
			found = self._parent_communication = frappe.get_doc("Communication", name)
		return found
