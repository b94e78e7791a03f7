"""The pictures of the documentation, taken from the demo site: tools/screenshots.py [--url --password] [names].

Needs Playwright with a Chromium (both are in the bench once `bin/test browser` ran there) and pdftoppm (poppler).
Run it with the bench's Python:  <bench>/env/bin/python tools/screenshots.py
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from pictures import access, audit, doors, roles, same_person, selling, trust, work
from pictures.camera import PEOPLE, Camera, chromium

CHECKOUT = Path(__file__).resolve().parents[1]
IMAGES = CHECKOUT / "docs" / "images"
LARGEST = 150_000  # bytes: pictures live in the repository for ever
PICTURES: dict[str, Callable[[Camera], Path]] = {
	picture.__name__: picture
	for module in (selling, doors, same_person, work, trust, access, audit, roles)
	for picture in module.PICTURES
}


def demo_site() -> tuple[str, dict[str, str]]:
	"""Return the address and the password of each user as `bin/up --status --json` gives them."""
	answer = subprocess.run(
		[str(CHECKOUT / "bin" / "up"), "--status", "--json"], capture_output=True, text=True, check=False
	)
	try:
		status = json.loads(answer.stdout)
	except ValueError:
		raise SystemExit(
			"bin/up --status --json gave no answer. Run bin/up, or give --url and --password."
		) from None
	logins = {login["user"]: login["password"] for login in status.get("logins") or []}
	if not status.get("running") or not set(PEOPLE) <= set(logins):
		raise SystemExit("No demo site is running. Run bin/up, or give --url and --password.")
	return status["url"], logins


def main(argv: Sequence[str]) -> int:
	"""Take the pictures named, or all of them; returns 1 when one is too large."""
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("names", nargs="*", help="which pictures; all of them by default")
	parser.add_argument("--url", help="address of the site, such as http://skycrm.localhost:8000")
	parser.add_argument("--password", help="of the people of the demo firm, with --url")
	parser.add_argument("--out", type=Path, default=IMAGES)
	options = parser.parse_args(argv)
	if unknown := set(options.names) - set(PICTURES):
		parser.error(f"no such picture: {', '.join(sorted(unknown))}. There are: {', '.join(PICTURES)}")
	if options.url and not options.password:
		parser.error("--url needs --password")
	url, passwords = (
		(options.url.rstrip("/"), dict.fromkeys(PEOPLE, options.password)) if options.url else demo_site()
	)

	from playwright.sync_api import sync_playwright

	too_large = False
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(
			executable_path=chromium(),
			args=[
				"--no-sandbox",
				"--disable-dev-shm-usage",
				"--force-color-profile=srgb",
				"--host-resolver-rules=MAP *.localhost 127.0.0.1",
				# The firm's web site is made up, the form on it comes from this machine: browsers ask about that.
				"--disable-features=LocalNetworkAccessChecks",
			],
		)
		camera = Camera(browser, url, passwords, options.out)
		for name in options.names or PICTURES:
			path = PICTURES[name](camera)
			size = path.stat().st_size
			too_large = too_large or size > LARGEST
			print(
				f"{path.relative_to(options.out)!s:34} {size / 1000:6.0f} kB"
				f"{'  too large' if size > LARGEST else ''}",
				flush=True,
			)
		browser.close()
	return int(too_large)


if __name__ == "__main__":
	sys.exit(main(sys.argv[1:]))
