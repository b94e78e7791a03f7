"""What other parts of the app do with every new lead, done set-wise for the leads of an import."""

from collections.abc import Sequence

from skycrm.services import assignment, scoring
from skycrm.services.plain_lead import PlainLead


def before_insert(leads: Sequence[PlainLead]) -> None:
	"""Fill in what is part of the first write. In place, from values in memory and cached rules."""
	for lead in leads:
		scoring.set_score(lead)


def after_insert(leads: Sequence[PlainLead]) -> None:
	"""Share out the leads that nobody owns yet."""
	assignment.assign_many([lead.name for lead in leads if not lead.get("lead_owner")])
