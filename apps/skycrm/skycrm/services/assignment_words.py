"""Decisions of the assignment rules as sentences, in the language of whoever reads them.

A log keeps codes and figures; the sentence is made when it is shown.
"""

from collections.abc import Callable, Mapping
from typing import Any

from frappe import _
from frappe.utils import fmt_money, format_date

from skycrm.domain.assignment import Why

Params = Mapping[str, Any]


def sentence(why: Why | str, params: Params, name_of: Callable[[str], str]) -> str:
	"""Why somebody got the lead or was passed over; plain text, not yet safe as HTML.

	Args:
		why: the reason, a Why or its value; an unknown one gives an empty text.
		params: its figures, as domain/assignment.py puts them.
		name_of: a user's name for people.
	"""
	try:
		found = _sentences()[Why(why)](params)
	except (KeyError, ValueError):
		return ""
	if params.get("stands_in_for"):
		found += " " + _("Stands in for {0}, who is absent.").format(name_of(params["stands_in_for"]))
	return found


def _sentences() -> dict[Why, Callable[[Params], str]]:
	return {
		Why.TURN: lambda p: _("It was their turn; {0} people were free.").format(p.get("free", 1)),
		Why.LOAD: lambda p: _("Had the fewest open leads, {0}; {1} people were free.").format(
			p.get("count", 0), p.get("free", 1)
		),
		Why.WEIGHT: lambda p: _(
			"Was next in proportion to the weights: weight {0}, {1} of {2} leads so far."
		).format(_number(p.get("weight", 1)), p.get("count", 0), p.get("total", 0)),
		Why.NAMED: lambda p: _("Nobody of the rule was free, and this person is named for that case."),
		Why.WAITING: lambda p: _("Nobody was free. The lead waits in the pool of team {0}.").format(p["team"])
		if p.get("team")
		else _("Nobody was free. The lead waits in the pool."),
		Why.HANDED_ON: lambda p: _("Handed on: {0}").format(p["note"]) if p.get("note") else _("Handed on."),
		Why.DISABLED: lambda p: _("The user is disabled."),
		Why.ABSENT: lambda p: _("Absent until {0}.").format(format_date(p.get("until"))),
		Why.ON_LEAVE: lambda p: _("On leave until {0}.").format(format_date(p.get("until"))),
		Why.OPEN_CAP: lambda p: _("Has {0} open leads; at most {1} are allowed.").format(
			p.get("count"), p.get("most")
		),
		Why.DAY_CAP: lambda p: _("Has got {0} leads today; at most {1} are allowed.").format(
			p.get("count"), p.get("most")
		),
		Why.NO_WEIGHT: lambda p: _("Has weight 0 and gets no leads by this rule."),
		Why.CLOSED: lambda p: _("It was outside the working hours of the rule."),
		Why.LATER: lambda p: _("Comes later in turn."),
		Why.MORE_LEADS: lambda p: _("Has {0} open leads, no fewer than the one chosen.").format(
			p.get("count")
		),
		Why.HAD_SHARE: lambda p: _("Has had their share for now: weight {0}, {1} leads so far.").format(
			_number(p.get("weight", 1)), p.get("count", 0)
		),
	}


def _number(value: float) -> str:
	return fmt_money(value, precision=0 if float(value).is_integer() else 2)
