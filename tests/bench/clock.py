"""Tests at another time of day: the site's clock, not the server's."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

from freezegun import freeze_time

from frappe.utils import get_datetime, get_system_timezone


def at(moment: datetime | str) -> Any:
	"""Stop the clock at a moment of the site's time zone: `with at("2026-11-23 09:00:00"): ...`"""
	local = get_datetime(moment).replace(tzinfo=ZoneInfo(get_system_timezone()))
	return freeze_time(local.astimezone(timezone.utc).replace(tzinfo=None))
