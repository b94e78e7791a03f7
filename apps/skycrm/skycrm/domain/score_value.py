"""Whether a score is worth anything: what became of the leads of each band of scores."""

from collections.abc import Mapping
from dataclasses import dataclass

from skycrm.domain.pipeline import share

# Fewer won or lost leads than this prove nothing, whatever the figure says.
LEAST_TO_JUDGE = 20
# Area under the curve: 0.5 is a coin. Usual reading of the measure (Hosmer and Lemeshow, Applied Logistic Regression).
GOOD, FAIR, USELESS = 0.7, 0.6, 0.55


@dataclass
class Band:
	"""Leads whose scores lie between two whole numbers, both included, and what became of them.

	Attributes:
		days: sum of the days from the making of a lead to its conversion, over the converted ones.
	"""

	lowest: int
	highest: int
	leads: int = 0
	converted: int = 0
	won: int = 0
	lost: int = 0
	days: float = 0.0

	@property
	def decided(self) -> int:
		"""Leads that became a sale, or will never be one."""
		return self.won + self.lost

	@property
	def win_rate(self) -> float:
		"""Won as percent of the decided ones."""
		return share(self.won, self.decided)

	@property
	def conversion_rate(self) -> float:
		"""Converted as percent of all."""
		return share(self.converted, self.leads)

	@property
	def average_days(self) -> float:
		"""Days from the making of a lead to its conversion."""
		return round(self.days / self.converted, 1) if self.converted else 0.0


def bands(width: int) -> list[Band]:
	"""Empty bands of this width over 0 to 100, the highest first; the top band holds 100 as well."""
	width = min(max(width, 1), 100)
	starts = range(0, 100, width)
	return [
		Band(start, 100 if start + width >= 100 else start + width - 1) for start in reversed(list(starts))
	]


def band_of(found: list[Band], score: int) -> Band:
	"""The band that a score lies in; what is out of range goes to the nearest."""
	score = min(max(score, 0), 100)
	return next(band for band in found if band.lowest <= score <= band.highest)


def area_under_curve(won: Mapping[int, int], lost: Mapping[int, int]) -> float | None:
	"""How often, of a won and a lost lead taken at random, the won one had the higher score; a tie counts half.

	Args:
		won, lost: score → how many leads.

	Returns:
		0 to 1, where 0.5 is what a coin would do; None when there are no won or no lost leads.
	"""
	all_won, all_lost = sum(won.values()), sum(lost.values())
	if not all_won or not all_lost:
		return None
	better, below = 0.0, 0
	for score in sorted({*won, *lost}):
		better += won.get(score, 0) * (below + lost.get(score, 0) / 2)
		below += lost.get(score, 0)
	return better / (all_won * all_lost)


def lift(found: list[Band]) -> tuple[Band, float] | None:
	"""The best-scored band with a tenth of the decided leads above or in it, and its win rate against that of all.

	Returns:
		A band made of the top ones, and how many times the overall win rate it has; None while nothing is won.
	"""
	decided, won = sum(band.decided for band in found), sum(band.won for band in found)
	if not won:
		return None
	top = Band(100, 100)
	for band in sorted(found, key=lambda band: -band.lowest):
		top.lowest = band.lowest
		top.won += band.won
		top.lost += band.lost
		if top.decided * 10 >= decided:
			break
	return top, round((top.won / top.decided) / (won / decided), 2)


def judge(area: float | None, won: int, lost: int) -> str:
	"""One word for the figure: "few", "useless", "weak", "fair", "good", or "reversed" when lost leads score higher."""
	if area is None or won < LEAST_TO_JUDGE or lost < LEAST_TO_JUDGE:
		return "few"
	if area >= GOOD:
		return "good"
	if area >= FAIR:
		return "fair"
	if area >= USELESS:
		return "weak"
	return "useless" if area > 1 - USELESS else "reversed"
