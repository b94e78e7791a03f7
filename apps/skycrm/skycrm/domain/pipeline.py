"""Arithmetic behind the sales reports and the number cards, on plain values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass
class StageTotal:
	"""What one stage of the pipeline holds, in company currency."""

	stage: str
	deals: int = 0
	amount: float = 0.0
	weighted: float = 0.0


def totals_by_stage(rows: Iterable[Mapping], stages: Iterable[str]) -> list[StageTotal]:
	"""Add up grouped opportunities per stage, in the order of `stages`.

	In: rows with `stage`, `deals`, `amount`, `weighted`; several rows may name one stage. A stage
	without a row is kept with zeros, so that the funnel has no gap; a stage that is no longer a
	record is put at the end, so that no money disappears from the sum.
	"""
	totals = {stage: StageTotal(stage) for stage in stages}
	for row in rows:
		stage = row.get("stage") or ""
		total = totals.setdefault(stage, StageTotal(stage))
		total.deals += int(row.get("deals") or 0)
		total.amount += float(row.get("amount") or 0)
		total.weighted += float(row.get("weighted") or 0)
	return list(totals.values())


def share(part: float | None, whole: float | None) -> float:
	"""`part` as percent of `whole`; 0 when there is nothing to divide by."""
	return round(100.0 * (part or 0) / whole, 2) if whole else 0.0


@dataclass
class SourceResult:
	"""What the leads of one source became."""

	source: str
	leads: int = 0
	qualified: int = 0
	converted: int = 0
	unqualified: int = 0

	@property
	def conversion_rate(self) -> float:
		"""Converted leads as percent of all leads of the source."""
		return share(self.converted, self.leads)


# A converted lead had to be good enough to convert, so it counts as qualified too.
QUALIFIED_STATUSES = frozenset({"Qualified", "Converted"})


def results_by_source(rows: Iterable[Mapping]) -> list[SourceResult]:
	"""Turn counts per (source, status) into one result per source, the most leads first.

	In: rows with `source`, `status`, `leads`. Leads without a source are one group with source "".
	"""
	results: dict[str, SourceResult] = {}
	for row in rows:
		source = row.get("source") or ""
		result = results.setdefault(source, SourceResult(source))
		count = int(row.get("leads") or 0)
		result.leads += count
		if row.get("status") in QUALIFIED_STATUSES:
			result.qualified += count
		if row.get("status") == "Converted":
			result.converted += count
		if row.get("status") == "Unqualified":
			result.unqualified += count
	return sorted(results.values(), key=lambda result: (-result.leads, result.source))


def total_of(results: Iterable[SourceResult]) -> SourceResult:
	"""All sources together, under the source ""."""
	total = SourceResult("")
	for result in results:
		total.leads += result.leads
		total.qualified += result.qualified
		total.converted += result.converted
		total.unqualified += result.unqualified
	return total


def days_late(due: date | datetime, now: datetime) -> int:
	"""Whole days between the day something was due and today; 0 when it was due today or later."""
	due_day = due.date() if isinstance(due, datetime) else due
	return max((now.date() - due_day).days, 0)


def month_starts(first: date, last: date) -> list[date]:
	"""First day of every month from the month of `first` to the month of `last`, both included."""
	months = []
	year, month = first.year, first.month
	while (year, month) <= (last.year, last.month):
		months.append(date(year, month, 1))
		year, month = (year + 1, 1) if month == 12 else (year, month + 1)
	return months
