"""A job that is tried again runs as the user who asked for it, not as Administrator.

After a deadlock, a lock that waited too long or RetryBackgroundJobError the framework runs a job again without its
user (frappe/utils/background_jobs.py, execute_job: the call in its `except` hands on everything but `user`), so the
second attempt would have every right; and a second attempt that succeeds ends with an AttributeError, for the
outer attempt asks for `frappe.local.job`, which the inner one has taken away. Both are mended for this app's jobs.
"""

from typing import Any

from rq import get_current_job

import frappe
from frappe.utils import CallbackManager

OURS = "skycrm."


def before_job(method: str, kwargs: dict[str, Any] | None = None, transaction_type: str = "job") -> None:
	"""Hook before_job: be the user whom the queue holds for this job."""
	if not method.startswith(OURS):
		return
	job = get_current_job()
	user = (job.kwargs or {}).get("user") if job else None
	if user and user != frappe.session.user:
		frappe.set_user(user)


def after_job(method: str, kwargs: dict[str, Any] | None = None, result: Any = None) -> None:
	"""Hook after_job: leave what the framework asks for next, when the attempt inside has taken it away."""
	if method.startswith(OURS) and not getattr(frappe.local, "job", None):
		frappe.local.job = frappe._dict(after_job=CallbackManager())
