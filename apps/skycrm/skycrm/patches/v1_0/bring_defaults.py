"""A site that had the app before 1.0 gets its roles' profiles, stages, settings, saved filters and workflows.

The steps are those of an install; each brings only what the site has never had.
"""

from skycrm.install import run_steps


def execute() -> None:
	"""Run the steps of the install."""
	run_steps()
