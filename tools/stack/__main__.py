"""Entry point: python -m stack up|test|install-app ..."""

import os
import sys

from .cli import main

try:
	code = main()
	sys.stdout.flush()
except BrokenPipeError:
	# Whoever read our output (head, less) has seen enough
	os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
	code = 141
sys.exit(code)
