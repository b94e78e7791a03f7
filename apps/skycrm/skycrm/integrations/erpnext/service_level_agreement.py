"""ERPNext's Service Level Agreement for Sky Issue, which brings the fields of an agreement itself, as ERPNext's Issue does."""

from erpnext.support.doctype.service_level_agreement.service_level_agreement import ServiceLevelAgreement


class SkyServiceLevelAgreement(ServiceLevelAgreement):
	"""ERPNext makes an exception for its own Issue only, and fails on a standard DocType that has the fields."""

	def before_insert(self) -> None:
		"""Leave the fields of Sky Issue as they are; for every other DocType do what ERPNext does."""
		if self.document_type != "Sky Issue":
			super().before_insert()
