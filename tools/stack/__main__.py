"""Entry point: python -m stack up|test|install-app ..."""

import sys

from .cli import main

sys.exit(main())
