"""The seven jobs: what the desk of each opens with, and what it leaves out.

Each job is a Role Profile and a Module Profile of the same name. Roles say what somebody may do; a module profile says
which workspaces of ERPNext, the framework and other apps stay out of their sight.
"""

from collections.abc import Iterable
from dataclasses import dataclass

OUR_MODULE = "SkyCRM"

SELLING = "SkyCRM"
MANAGING = "SkyCRM Management"
MARKETING = "SkyCRM Marketing"
SUPPORT = "SkyCRM Support"
SETUP = "SkyCRM Setup"


@dataclass(frozen=True)
class Job:
	"""One job.

	Attributes:
		profile: name of its role profile and of its module profile.
		home: the workspace that opens after signing in.
		modules: modules whose workspaces it needs besides our own.
	"""

	profile: str
	home: str
	modules: frozenset[str] = frozenset()

	def blocked(self, modules: Iterable[str]) -> list[str]:
		"""Which of these modules its desk leaves out, in order of the alphabet."""
		return sorted(set(modules) - self.modules - {OUR_MODULE})


JOBS: dict[str, Job] = {
	job.profile: job
	for job in (
		Job("Sky Sales", SELLING),
		# Prices, territories and targets are kept in ERPNext's own pages.
		Job("Sky Sales Management", MANAGING, frozenset({"Selling"})),
		Job("Sky Marketing", MARKETING),
		Job("Sky Marketing Management", MARKETING),
		Job("Sky Support", SUPPORT),
		Job("Sky Support Management", SUPPORT),
		Job("Sky CRM Administration", SETUP, frozenset({"Selling"})),
	)
}


@dataclass(frozen=True)
class Desk:
	"""What a user has chosen, or somebody for them; "" for nothing."""

	role_profile: str = ""
	module_profile: str = ""
	home: str = ""


def proposed_desk(before: Desk, now: Desk) -> Desk:
	"""The desk that comes with a job: filled in where nobody has chosen anything.

	A module profile or home of the job that somebody has left counts as not chosen, unless it was chosen just now.

	Args:
		before: as stored; empty for a new user.
		now: as it is about to be stored.

	Returns:
		What to store.
	"""
	job = JOBS.get(now.role_profile)
	if job is None or now.role_profile == before.role_profile:
		return now
	left = JOBS.get(before.role_profile)
	return Desk(
		now.role_profile,
		_proposed(job.profile, before.module_profile, now.module_profile, left.profile if left else ""),
		_proposed(job.home, before.home, now.home, left.home if left else ""),
	)


def _proposed(of_job: str, before: str, now: str, of_job_left: str) -> str:
	came_with_job_left = now == before == of_job_left
	return of_job if not now or came_with_job_left else now


def roles_to_refuse(of_profile: Iterable[str], shipped: Iterable[str], own: Iterable[str]) -> list[str]:
	"""Roles of a job that somebody may not hand on: neither the app's idea of the job nor their own.

	Whoever administers a site may have put more into a role profile; that is theirs to give.

	Args:
		of_profile: the roles of the role profile as it is on the site.
		shipped: those that the app brought it with.
		own: the roles of whoever makes the user.
	"""
	return sorted(set(of_profile) - set(shipped) - set(own))
