"""The administrator lets the system learn points from the year's won and lost leads, and leaves the decision for later."""

from importlib.util import find_spec

import frappe

from skycrm.domain.score_learning import refusal
from skycrm.services import score_learning, scoring_batch


def make() -> None:
	"""All scores up to date; a suggestion besides, where the optional package is installed and enough is decided."""
	frappe.set_user("Administrator")
	scoring_batch.refresh(frappe.get_all("Sky Lead", pluck="name"))
	if find_spec("sklearn") and not refusal(*score_learning.decided_counts()):
		frappe.set_user("hung.le@saoviet.example")
		score_learning.suggest()
