"""The settings of a site, but for its static files, which lie in a folder of the run."""

import os
from pathlib import Path

from openletters.settings import *  # noqa: F403

STATIC_ROOT = Path(os.environ["BENCH_STATIC"])
