"""Requests that create something, safe to repeat: the same key again gets the first answer and creates nothing.

The row of a key is written in the transaction of the work that it stands for: both are there or neither is. A second
request with the same key waits for the named lock of the first one, then either reads its answer or, when the first one
failed, does the work itself. Waiting at the row would do as well, but for those that wait when the first one fails: the
database lets them all in and ends all but one as a deadlock.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import frappe
from frappe.utils import add_days, now, now_datetime

from skycrm.domain.errors import Conflict, InvalidValue, KeyReused
from skycrm.services.conversion_lock import ConversionBusyError, lock_keys
from skycrm.services.messages import labels, throw_rule_error

STORE = "Sky Idempotency Key"
MAX_KEY_LENGTH = 255
KEPT_DAYS = 30
DELETED_AT_ONCE = 10_000


def run_once(key: str | None, method: str, payload: Any, fn: Callable[[], Any]) -> Any:
	"""Run `fn` unless this user has sent this key before, and return its answer or the first one.

	Args:
		key: chosen by the caller, at most MAX_KEY_LENGTH characters; nothing runs `fn` each time. It belongs to the user:
			two users with the same key do not meet. All guests are one user, so a guest's key should be a random one.
		method: name of the HTTP method; a key used for another method counts as reused.
		payload: the arguments that make the request what it is, without the key.
		fn: does the work in this transaction. Its answer is stored as JSON and returned as JSON gives it back, so that
			the first answer and every later one are equal.

	The transaction is not begun anew, for the caller may hold locks in it. A caller whose work must see what was committed
	while it waited locks what it works on first (services/conversion_lock.py).

	Raises:
		frappe.ValidationError: the key is too long or no text.
		KeyReusedError (422): the key was used for another request.
		ConflictError (409): the first request is still running.
		Whatever `fn` raises: then nothing is kept and the key is free again.
	"""
	if key is None or key == "":
		return fn()
	_check(key)
	row, run_token = _claim(key, method, _body_hash(method, payload))
	if row["run_token"] != run_token:
		return json.loads(row["response"])
	frappe.db.savepoint("run_once")
	try:
		answer = frappe.as_json(fn(), indent=None)
	except frappe.QueryDeadlockError:
		# The server has taken the whole transaction back already, savepoint and key included.
		raise
	except Exception:
		# The caller may catch this and go on in the same transaction: leave neither half the work nor the key behind.
		frappe.db.rollback(save_point="run_once")
		frappe.db.delete(STORE, {"name": row["name"]})
		raise
	frappe.db.set_value(STORE, row["name"], "response", answer, update_modified=False)
	return json.loads(answer)


def delete_expired() -> int:
	"""Delete the keys whose time has passed, in portions so that no lock grows large. Returns how many."""
	table = frappe.qb.DocType(STORE)
	deleted = 0
	while True:
		names = (
			frappe.qb.from_(table)
			.select(table.name)
			.where(table.expires_on < now_datetime())
			.limit(DELETED_AT_ONCE)
			.run(pluck=True)
		)
		if names:
			frappe.db.delete(STORE, {"name": ("in", names)})
		deleted += len(names)
		if len(names) < DELETED_AT_ONCE:
			return deleted


def _check(key: Any) -> None:
	if not isinstance(key, str):
		throw_rule_error(InvalidValue("value_not_text", type(key).__name__), labels()["idempotency"]())
	if len(key) > MAX_KEY_LENGTH:
		params = {"length": len(key), "limit": MAX_KEY_LENGTH}
		throw_rule_error(InvalidValue("idempotency_key_too_long", key[:20], params))


def _claim(key: str, method: str, body_hash: str) -> tuple[dict[str, Any], str]:
	"""The row of the key, locked, and the token that is in it when it is new."""
	user = frappe.session.user
	name = hashlib.sha256("\x1f".join((user, key)).encode()).hexdigest()[:40]
	run_token = frappe.generate_hash(length=20)
	moment = now()
	try:
		lock_keys([(STORE, name)])
	except ConversionBusyError:
		frappe.clear_last_message()
		throw_rule_error(Conflict("idempotency_key_running"))
	# The query builder has no "on duplicate key", and only that makes two requests with one key meet in one row.
	frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		"""
		insert into `tabSky Idempotency Key`
			(name, owner, creation, modified, modified_by, user, method, idempotency_key, body_hash, run_token, expires_on)
		values
			(%(name)s, %(user)s, %(moment)s, %(moment)s, %(user)s, %(user)s, %(method)s, %(key)s, %(body_hash)s,
			%(run_token)s, %(expires_on)s)
		on duplicate key update name = name
		""",
		{
			"name": name,
			"user": user,
			"moment": moment,
			"method": method[:140],
			"key": key,
			"body_hash": body_hash,
			"run_token": run_token,
			"expires_on": add_days(moment, KEPT_DAYS),
		},
	)
	# A locking read sees what the other request has committed, a plain one the time when our transaction began.
	row = frappe.db.get_value(
		STORE, name, ["name", "body_hash", "run_token", "response"], as_dict=True, for_update=True
	)
	if row.body_hash != body_hash:
		throw_rule_error(KeyReused("idempotency_key_reused"))
	if row.run_token != run_token and row.response is None:
		# Only this same transaction can see a row without an answer: run_once called within run_once.
		throw_rule_error(Conflict("idempotency_key_running"))
	return row, run_token


def _body_hash(method: str, payload: Any) -> str:
	body = json.dumps(
		[method, payload], sort_keys=True, default=str, ensure_ascii=False, separators=(",", ":")
	)
	return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
