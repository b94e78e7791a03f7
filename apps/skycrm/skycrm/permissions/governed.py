"""Which DocTypes the rule of domain/access.py decides about, and where their records say whose they are."""

from dataclasses import dataclass

from skycrm.domain.access import FALLBACK, Default, Pool


@dataclass(frozen=True)
class Fields:
	"""Where a record says whose it is.

	Attributes:
		responsible: field with the user who works on it; "" where a team does.
		team: field with its team; "" where it belongs to the teams of the person responsible.
		default: the org-wide default while the settings say nothing.
		pool: who may read it while nobody has it, unless a setting says something else.
	"""

	responsible: str = ""
	team: str = ""
	default: Default = FALLBACK
	pool: Pool = Pool.NOBODY

	@property
	def waits_for(self) -> str:
		"""The field that is empty while nobody has the record."""
		return self.responsible or self.team


GOVERNED: dict[str, Fields] = {
	"Sky Lead": Fields(responsible="lead_owner", team="team", pool=Pool.TEAM),
	"Sky Opportunity": Fields(responsible="opportunity_owner", team="team"),
	# People of service see each other's issues unless an administrator closes that; what no team has yet, everybody
	# sees who works on issues.
	"Sky Issue": Fields(team="assigned_team", default=Default.PUBLIC_WRITE, pool=Pool.EVERYBODY),
	# Marketing works on these together.
	"Sky Campaign": Fields(responsible="owner", default=Default.PUBLIC_WRITE),
	"Sky Segment": Fields(responsible="owner", default=Default.PUBLIC_WRITE),
}
