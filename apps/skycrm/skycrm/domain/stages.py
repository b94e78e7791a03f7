"""Where an opportunity goes when its documents change, and where a person may send it.

Pure decisions on plain values: what happened + what documents there are + the stages of the site → a stage or "stay".
Source of the rules: section 5 of the public contract. Submitting a quotation brings an open opportunity to the
proposal stage, an order wins it, losing the only order reopens it; a document never pushes an opportunity backwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from skycrm.domain.errors import Blocked, InvalidValue

OPEN = "Open"
WON = "Won"
LOST = "Lost"


class Event(Enum):
	"""What happened to a document that carries the opportunity."""

	QUOTATION_SUBMITTED = "quotation_submitted"
	QUOTATION_LOST = "quotation_lost"
	# An order, or an invoice made straight from the quotation: the customer has bought.
	SALE_SUBMITTED = "sale_submitted"
	SALE_CANCELLED = "sale_cancelled"


@dataclass(frozen=True)
class Stage:
	"""One sales stage as the rules see it.

	Args:
		name: name of the record.
		type: Open, Won or Lost.
		sequence: place in the pipeline, smaller comes first.
		is_proposal: the stage of type Open that a submitted quotation leads to.
	"""

	name: str
	type: str
	sequence: int = 0
	is_proposal: bool = False


@dataclass(frozen=True)
class Documents:
	"""How many documents of an opportunity are alive, the one that the event is about already counted as it is now.

	Args:
		quotations: drafts and submitted quotations that are neither lost nor expired nor cancelled.
		orders: submitted sales orders, closed and held ones too.
		invoices: submitted invoices that are not returns.
	"""

	quotations: int = 0
	orders: int = 0
	invoices: int = 0

	@property
	def sales(self) -> int:
		return self.orders + self.invoices


NO_DOCUMENTS = Documents()


def stage_after(
	event: Event,
	current: Stage,
	stages: Sequence[Stage],
	documents: Documents = NO_DOCUMENTS,
	stage_before: str | None = None,
) -> Stage | None:
	"""The stage that an opportunity moves to after an event, None when it stays where it is.

	Args:
		event: what happened.
		current: its stage now.
		stages: every stage in use, in any order.
		documents: what is alive now; only losing and cancelling look at it.
		stage_before: name of the open stage it was in before it was won or lost, when that is known.
	"""
	if event is Event.QUOTATION_SUBMITTED:
		return _forward_to_proposal(current, stages)
	if event is Event.SALE_SUBMITTED:
		return None if current.type == WON else first_of_type(stages, WON)
	if event is Event.SALE_CANCELLED:
		if current.type != WON or documents.sales:
			return None
		return reopening_stage(stages, documents, stage_before)
	if current.type != OPEN or documents.quotations or documents.sales:
		return None
	return first_of_type(stages, LOST)


def reopening_stage(
	stages: Sequence[Stage], documents: Documents = NO_DOCUMENTS, stage_before: str | None = None
) -> Stage | None:
	"""The open stage that a closed opportunity goes back to.

	Returns:
		The stage it was in before; without that the proposal stage while a quotation is alive, else the first open
		stage; None on a site without any open stage.
	"""
	open_stages = _of_type(stages, OPEN)
	for stage in open_stages:
		if stage.name == stage_before:
			return stage
	if documents.quotations and (proposal := proposal_stage(stages)):
		return proposal
	return open_stages[0] if open_stages else None


def proposal_stage(stages: Sequence[Stage]) -> Stage | None:
	"""The first open stage marked for proposals, None when the admin marked none."""
	return next((stage for stage in _of_type(stages, OPEN) if stage.is_proposal), None)


def first_of_type(stages: Sequence[Stage], stage_type: str) -> Stage | None:
	"""The earliest stage of a type, None when there is none."""
	found = _of_type(stages, stage_type)
	return found[0] if found else None


def check_move(
	target_name: str,
	current: Stage,
	stages: Sequence[Stage],
	sales: Sequence[tuple[str, str]] = (),
) -> Stage:
	"""The stage that a person may move an opportunity to; that a lost one needs a reason is checked on every save.

	Args:
		target_name: the stage asked for.
		current: its stage now.
		stages: every stage in use.
		sales: (doctype, name) of each submitted invoice and order: while one stands the customer has bought.

	Raises:
		InvalidValue: stage_unknown, with the stages there are.
		Blocked: stage_sale_stands, with the documents in the order in which to cancel them.
	"""
	target = next((stage for stage in stages if stage.name == target_name), None)
	if target is None:
		names = [stage.name for stage in sorted(stages, key=_place)]
		raise InvalidValue("stage_unknown", target_name, {"stages": names})
	if current.type == WON and target.type != WON and sales:
		names = [name for _doctype, name in sales]
		raise Blocked("stage_sale_stands", list(sales), {"stage": target.name, "documents": names})
	return target


def _forward_to_proposal(current: Stage, stages: Sequence[Stage]) -> Stage | None:
	proposal = proposal_stage(stages)
	if current.type != OPEN or proposal is None or _place(current) >= _place(proposal):
		return None
	return proposal


def _of_type(stages: Sequence[Stage], stage_type: str) -> list[Stage]:
	return sorted((stage for stage in stages if stage.type == stage_type), key=_place)


def _place(stage: Stage) -> int:
	return stage.sequence
