"""Who may be written to: what an answer makes of the state, and how several states are one.

Source of the rule: Decree 91/2020/ND-CP of Vietnam, articles 9, 11 and 13: advertising by e-mail, SMS or call needs the
person's consent beforehand, and a refusal ends it at once. An answer to somebody's own question is no advertising.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

CHANNELS = ("email", "sms", "call")
# Channel of a lead's fields → the channel's name in Sky Suppression and Sky Consent Record
LABEL = {"email": "Email", "sms": "SMS", "call": "Call"}

UNKNOWN, GRANTED, REFUSED = "Unknown", "Granted", "Refused"
WITHDRAWN, CLEARED, OVERRIDDEN = "Withdrawn", "Cleared", "Overridden"
# A mail that waited when the refusal came, and was not sent any more
LEFT_OUT = "Left Out"
# A recipient to whom somebody chose to write in spite of a refusal
INSISTED = "Insisted"

# Mass messages, offers, newsletters
ADVERTISING = "Advertising"
# One person writes to one person, for example to answer a question
PERSONAL = "Personal"

SUPPRESSED = "suppressed"
IS_REFUSED = "refused"
IS_GRANTED = "granted"
NOT_ASKED = "not_asked"
NOT_NEEDED = "not_needed"
NO_ADDRESS = "no_address"


class Answer(NamedTuple):
	"""Whether somebody may be written to, and why: one of the codes above."""

	allowed: bool
	reason: str


def channel_name(channel: str) -> str:
	"""`email`, `sms` or `call` however it is written; other channels (Zalo, Direct Mail) as they are.

	In: a channel of Sky Campaign, Sky Suppression or of a lead's field.
	"""
	found = channel.strip().lower()
	return found if found in CHANNELS else channel.strip()


def decide(facts: Iterable[str], purpose: str, opt_in_needed: bool) -> Answer:
	"""The answer out of everything that is known about one address.

	Args:
		facts: any of SUPPRESSED, IS_REFUSED, IS_GRANTED, from whichever record; a no of one outweighs the yes of another.
		purpose: ADVERTISING or PERSONAL.
		opt_in_needed: whether advertising on this channel needs a yes beforehand.
	"""
	known = set(facts)
	for no in (SUPPRESSED, IS_REFUSED):
		if no in known:
			return Answer(False, no)
	if IS_GRANTED in known:
		return Answer(True, IS_GRANTED)
	if purpose == ADVERTISING and opt_in_needed:
		return Answer(False, NOT_ASKED)
	return Answer(True, NOT_NEEDED)


def leaves_out(answer: Answer, purpose: str) -> bool:
	"""Whether a mail must not go to an address that has this answer, unless somebody insists.

	A personal letter to what is no address is left to the mail server to refuse.
	"""
	return not answer.allowed and (purpose == ADVERTISING or answer.reason != NO_ADDRESS)


def ledger_answer(before: str | None, after: str | None) -> str | None:
	"""What the ledger calls a change of state; None for a state that says nothing."""
	before, after = before or UNKNOWN, after or UNKNOWN
	if after == GRANTED:
		return GRANTED
	if after == REFUSED:
		return WITHDRAWN if before == GRANTED else REFUSED
	return CLEARED if before != UNKNOWN else None


def joined(*states: str | None) -> str:
	"""One state for several records of one person: a refusal wins, then a grant."""
	for state in (REFUSED, GRANTED):
		if state in states:
			return state
	return UNKNOWN


def joined_fields(records: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
	"""The nine consent fields of a lead that stands for several: per channel the winning answer with its when and how.

	Args:
		records: the leads, the one that stays first. Of equal answers the latest counts.

	Returns:
		{email_consent, email_consent_on, email_consent_how, sms_..., call_...}.
	"""
	rows = list(records)
	fields: dict[str, Any] = {}
	for channel in CHANNELS:
		field = f"{channel}_consent"
		state = joined(*(row.get(field) for row in rows))
		same = [row for row in rows if (row.get(field) or UNKNOWN) == state and state != UNKNOWN]
		best = max(same, key=lambda row: str(row.get(f"{field}_on") or ""), default={})
		fields |= {
			field: state,
			f"{field}_on": best.get(f"{field}_on"),
			f"{field}_how": best.get(f"{field}_how"),
		}
	return fields
