"""The framework's mail accounts, for those that make leads."""

import email
from email import policy
from email.header import Header
from email.utils import formataddr, getaddresses
from typing import Any

import frappe
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.email.receive import Email, EmailServer, InboundMail
from frappe.model.document import Document

from skycrm.domain.mail_person import decoded
from skycrm.overrides.lead_mail import LEAD, LeadMail
from skycrm.services import mail_intake

ADDRESS_HEADERS = ("From", "Reply-To", "X-Original-From")


class SkyEmailAccount(EmailAccount):
	"""An Email Account whose mails for leads are handled as LeadMail; every other mail and account is as before."""

	def get_inbound_mails(self) -> list[InboundMail]:
		return [
			LeadMail.take_over(mail) if LeadMail.is_for(mail) else mail
			for mail in super().get_inbound_mails()
		]

	def get_incoming_server(self, in_receive: bool = False, email_sync_rule: str = "UNSEEN") -> Any:
		server = super().get_incoming_server(in_receive, email_sync_rule)
		return ReadableMails(server, self) if in_receive and server and self._makes_leads() else server

	def send_auto_reply(self, communication: Document, email: InboundMail) -> None:
		# RFC 3834, 2: never answer a machine, or two machines answer each other without end.
		if not (isinstance(email, LeadMail) and email.why_no_lead):
			super().send_auto_reply(communication, email)

	def append_email_to_sent_folder(self, message: bytes | None) -> None:
		# Nothing was sent when every recipient refused while the mail was waiting.
		if message is not None:
			super().append_email_to_sent_folder(message)

	def _makes_leads(self) -> bool:
		folders = self.imap_folder if self.use_imap else [self]
		return any(folder.append_to == LEAD for folder in folders)


class ReadableMails:
	"""A mail server's connection that hands out only what the framework can read.

	One mail with a name in an unknown alphabet ends the framework's whole round, after it has deleted the other mails of
	that round from the server. Here it is put right where that can be done, else kept as Unhandled Email.
	"""

	def __init__(self, server: EmailServer, account: EmailAccount) -> None:
		self._server = server
		self._account = account

	def __getattr__(self, name: str) -> Any:
		return getattr(self._server, name)

	def get_messages(self, *arguments: Any, **more: Any) -> dict[str, Any]:
		"""As the framework's, without the mails that it cannot read."""
		found = self._server.get_messages(*arguments, **more) or {}
		mails = [readable(raw) for raw in found.get("latest_messages") or []]
		for raw, mail in zip(found.get("latest_messages") or [], mails, strict=True):
			if mail is None:
				mail_intake.keep_unhandled(raw, "", self._account.name, "The mail cannot be parsed.")
				# The server has deleted it; whatever becomes of the others, this one must stay.
				frappe.db.commit()  # nosemgrep: frappe-manual-commit
		kept = [place for place, mail in enumerate(mails) if mail is not None]
		found["latest_messages"] = [mails[place] for place in kept]
		if found.get("uid_list"):
			found["uid_list"] = [found["uid_list"][place] for place in kept if place < len(found["uid_list"])]
		return found


def readable(raw: bytes | str) -> bytes | str | None:
	"""A mail that the framework can parse: as it came, else with its addresses written anew, None when neither."""
	for attempt in (lambda: raw, lambda: _with_plain_addresses(raw)):
		try:
			mail = attempt()
			Email(mail)
			return mail
		except Exception:
			frappe.clear_messages()
	return None


def _with_plain_addresses(raw: bytes | str) -> bytes:
	message = email.message_from_bytes(
		raw if isinstance(raw, bytes) else raw.encode(), policy=policy.compat32
	)
	for name in ADDRESS_HEADERS:
		if message[name]:
			pairs = [
				(str(Header(decoded(label), "utf-8")) if label else "", address)
				for label, address in getaddresses([str(message[name])])
			]
			message.replace_header(name, ", ".join(formataddr(pair) for pair in pairs))
	return message.as_bytes()
