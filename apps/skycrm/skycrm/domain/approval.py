"""When a discount needs somebody's approval, and how long an approval holds."""

from dataclasses import dataclass

NOT_NEEDED = "Not Needed"
PENDING = "Pending"
APPROVED = "Approved"
REJECTED = "Rejected"

# Percentages are compared to this precision; rates are rounded, so a 10 % discount may read 10.0000003.
TOLERANCE = 0.005


@dataclass(frozen=True)
class Approval:
	"""Where an opportunity stands.

	Attributes:
		status: one of the four above.
		approved_discount: the highest discount in percent that somebody has approved, 0 if nobody has.
	"""

	status: str
	approved_discount: float = 0.0


def line_discount(price_list_rate: float, rate: float, discount_percentage: float) -> float:
	"""The discount of one line in percent, never less than 0.

	Somebody may lower the rate and leave the percentage empty: the lower price counts all the same. A line without a
	list price has only its percentage.
	"""
	from_rate = (1 - rate / price_list_rate) * 100 if price_list_rate > 0 else 0.0
	return max(0.0, discount_percentage, from_rate)


def review(current: Approval, discount: float, threshold: float) -> Approval:
	"""What the system does after the lines changed.

	Args:
		current: where the opportunity stands before.
		discount: the highest discount of its lines, in percent.
		threshold: the highest discount that needs no approval, in percent.

	Returns:
		Where it stands now. Approved holds until the discount rises above what was approved; Rejected holds until
		somebody requests the approval again or the discount no longer needs one.
	"""
	status = current.status or NOT_NEEDED
	if discount <= threshold + TOLERANCE:
		return Approval(NOT_NEEDED, 0.0)
	if status == NOT_NEEDED:
		return Approval(PENDING, 0.0)
	if status == APPROVED and discount > current.approved_discount + TOLERANCE:
		return Approval(PENDING, current.approved_discount)
	return Approval(status, current.approved_discount)
