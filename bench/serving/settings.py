"""The settings of a site, but for its static files, which lie in a folder of the run."""

import os

from openletters.settings import *  # noqa: F403

STATIC_ROOT = os.environ.get("BENCH_STATIC")
