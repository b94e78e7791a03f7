"""The framework's mail accounts, for those that make leads."""

from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.email.receive import InboundMail
from frappe.model.document import Document

from skycrm.overrides.lead_mail import LeadMail


class SkyEmailAccount(EmailAccount):
	"""An Email Account whose mails for leads are handled as LeadMail; every other mail and account is as before."""

	def get_inbound_mails(self) -> list[InboundMail]:
		return [
			LeadMail.take_over(mail) if LeadMail.is_for(mail) else mail
			for mail in super().get_inbound_mails()
		]

	def send_auto_reply(self, communication: Document, email: InboundMail) -> None:
		# RFC 3834, 2: never answer a machine, or two machines answer each other without end.
		if not (isinstance(email, LeadMail) and email.why_no_lead):
			super().send_auto_reply(communication, email)
