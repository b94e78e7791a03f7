import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

FIXED_PROBABILITY = {"Won": 100.0, "Lost": 0.0}
FIXED_FORECAST = {"Won": "Closed", "Lost": "Omitted"}


class SkySalesStage(Document):
	"""A step of the pipeline; its type decides the status of the opportunities in it."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		description: DF.SmallText | None
		enabled: DF.Check
		forecast_category: DF.Literal["Pipeline", "Best Case", "Commit", "Closed", "Omitted"]
		is_proposal_stage: DF.Check
		probability: DF.Percent
		sequence: DF.Int
		stage_name: DF.Data
		type: DF.Literal["Open", "Won", "Lost"]
	# end: auto-generated types

	def validate(self) -> None:
		self.set_closed_values()
		self.check_probability()
		self.refuse_new_type_of_used_stage()
		self.keep_one_proposal_stage()

	def on_trash(self) -> None:
		self.refuse_last_of_type()

	def set_closed_values(self) -> None:
		"""A closed sale is certain, and its place in the forecast follows."""
		if self.type in FIXED_PROBABILITY:
			self.probability = FIXED_PROBABILITY[self.type]
			self.forecast_category = FIXED_FORECAST[self.type]
			self.is_proposal_stage = 0

	def check_probability(self) -> None:
		"""Probabilities are percentages.

		Raises:
			frappe.ValidationError: outside 0 to 100.
		"""
		if not 0 <= flt(self.probability) <= 100:
			frappe.throw(
				_("{0} must be between 0 and 100 and is {1}.").format(
					frappe.bold(_(self.meta.get_label("probability"))), self.probability
				),
				title=_("Probability not valid"),
			)

	def refuse_new_type_of_used_stage(self) -> None:
		"""The status of stored opportunities follows the type, so it cannot change under them.

		Raises:
			frappe.ValidationError: opportunities are in this stage.
		"""
		before = self.get_doc_before_save()
		if before and before.type != self.type and frappe.db.exists("Sky Opportunity", {"stage": self.name}):
			frappe.throw(
				_(
					"{0} cannot be changed: there are opportunities in stage {1}. Add another stage instead."
				).format(frappe.bold(_(self.meta.get_label("type"))), frappe.bold(_(self.name))),
				title=_("Stage is in use"),
			)

	def keep_one_proposal_stage(self) -> None:
		"""Ticking it here unticks it in the stage that had it: quotations lead to one stage."""
		if not self.is_proposal_stage:
			return
		others = frappe.get_all(
			"Sky Sales Stage", filters={"is_proposal_stage": 1, "name": ("!=", self.name)}, pluck="name"
		)
		for other in others:
			frappe.db.set_value("Sky Sales Stage", other, "is_proposal_stage", 0)
			frappe.clear_document_cache("Sky Sales Stage", other)

	def refuse_last_of_type(self) -> None:
		"""Every pipeline needs a way in and two ways out.

		Raises:
			frappe.ValidationError: it is the last stage of its type.
		"""
		if not frappe.db.exists("Sky Sales Stage", {"type": self.type, "name": ("!=", self.name)}):
			frappe.throw(
				_(
					"Stage {0} is the last one of type {1} and cannot be deleted. Add another one first."
				).format(frappe.bold(_(self.name)), frappe.bold(_(self.type))),
				title=_("Stage is needed"),
			)
