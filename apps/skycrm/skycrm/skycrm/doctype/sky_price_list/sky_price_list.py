import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.domain import price_line
from skycrm.services.own_approval import check_own_approval
from skycrm.services.record_checks import (
	check_choice,
	check_no_repeated_row,
	check_order,
	check_range,
	label,
	refuse,
)


class SkyPriceList(Document):
	"""Prices for one purpose or segment: derived from a base list, or line by line."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from skycrm.skycrm.doctype.sky_price_list_item.sky_price_list_item import SkyPriceListItem
		from skycrm.skycrm.doctype.sky_price_list_party.sky_price_list_party import SkyPriceListParty

		adjustment_type: DF.Literal[
			"None", "Discount Percentage", "Surcharge Percentage", "Discount Amount", "Surcharge Amount"
		]
		adjustment_value: DF.Float
		applies_to: DF.Table[SkyPriceListParty]
		base_price_list: DF.Link | None
		buying: DF.Check
		currency: DF.Link
		items: DF.Table[SkyPriceListItem]
		notes: DF.SmallText | None
		price_list: DF.Link | None
		price_list_name: DF.Data
		priority: DF.Int
		purpose: DF.Data | None
		rounding: DF.Literal[
			"None",
			"Nearest 1",
			"Nearest 10",
			"Nearest 100",
			"Nearest 500",
			"Nearest 1000",
			"Nearest 10000",
			"End in 990",
		]
		selling: DF.Check
		status: DF.Literal["Draft", "Pending Approval", "Active", "Retired"]
		valid_from: DF.Date | None
		valid_upto: DF.Date | None
	# end: auto-generated types

	def validate(self) -> None:
		check_own_approval(self)
		self.check_use()
		self.check_base()
		self.check_adjustment()
		self.check_parties()
		self.check_lines()
		check_order(self, "valid_from", "valid_upto")

	def check_use(self) -> None:
		if not (self.selling or self.buying):
			refuse(
				_("Neither {0} nor {1} is ticked. Tick what this price list is for.").format(
					label(self, "selling"), label(self, "buying")
				)
			)

	def check_base(self) -> None:
		"""The base must not be this list itself, under its own name or as what it publishes to."""
		if self.base_price_list and self.base_price_list in (self.price_list, self.price_list_name):
			refuse(
				_(
					"{0} is the list that these prices go to, so they would depend on themselves. Choose another {0}."
				).format(label(self, "base_price_list"))
			)
		if self.base_price_list:
			self.check_base_chain()

	def check_base_chain(self) -> None:
		"""Follow the bases upwards: a list that comes back to itself has no price at all.

		One query: there are few price lists, so all links are read at once rather than one per step.
		"""
		links = frappe.get_all(
			"Sky Price List",
			filters={"base_price_list": ("is", "set"), "name": ("!=", self.name or "")},
			fields=["name", "price_list", "base_price_list"],
		)
		base_of = {
			published: link.base_price_list
			for link in links
			for published in (link.price_list, link.name)
			if published
		}
		own = {name for name in (self.price_list, self.price_list_name) if name}
		step, seen = self.base_price_list, set()
		while step and step not in seen:
			seen.add(step)
			step = base_of.get(step)
			if step in own:
				refuse(
					_(
						"{0} is derived from this list itself, by way of others. Choose a {0} that does not depend on it."
					).format(label(self, "base_price_list"))
				)

	def check_adjustment(self) -> None:
		"""An adjustment needs a base and a value; without an adjustment the value means nothing."""
		if not self.adjustment_type or self.adjustment_type == "None":
			self.adjustment_type = "None"
			self.adjustment_value = 0
			return
		if not self.base_price_list:
			refuse(
				_("{0} needs a list to start from. Choose a {1}, or set {0} to None.").format(
					label(self, "adjustment_type"), label(self, "base_price_list")
				)
			)
		check_range(self, "adjustment_value", 0, price_line.adjustment_limit(self.adjustment_type))

	def check_parties(self) -> None:
		for row in self.applies_to:
			check_choice(row, "party_type", label(self, "applies_to"))
		check_no_repeated_row(self, "applies_to", ("party_type", "party"))

	def check_lines(self) -> None:
		for row in self.items:
			problem = price_line.line_problem(row.rate, row.discount_percentage, bool(self.base_price_list))
			if problem:
				refuse(
					self.line_sentence(problem).format(
						row.idx, label(row, "rate"), label(row, "discount_percentage")
					)
				)
			if (row.min_qty or 0) < 0:
				refuse(
					_("Row {0}: {1} is below zero. Enter the smallest quantity the price is for.").format(
						row.idx, label(row, "min_qty")
					)
				)
		check_no_repeated_row(self, "items", ("uom", "min_qty", "item_code"))

	def line_sentence(self, problem: str) -> str:
		"""The sentence for a code of domain/price_line.py; {0} row, {1} rate, {2} discount."""
		return {
			price_line.RATE_NEGATIVE: _("Row {0}: {1} is below zero. Enter a price of zero or more."),
			price_line.RATE_MISSING: _(
				"Row {0}: {1} and {2} are both empty. Enter one of them, or remove the row."
			),
			price_line.RATE_AND_DISCOUNT: _(
				"Row {0}: {1} and {2} are both filled in. Keep one and clear the other."
			),
			price_line.DISCOUNT_OUT_OF_RANGE: _("Row {0}: {2} must be from 0 to 100. Correct it."),
			price_line.DISCOUNT_WITHOUT_BASE: _(
				"Row {0}: {2} needs a base price list to be taken off. Choose a base price list, or enter a {1} instead."
			),
		}[problem]
