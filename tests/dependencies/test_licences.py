"""Whoever may use us under the MIT licence may use what we build on."""

import re
from importlib.metadata import PackageNotFoundError, metadata

import pytest
from django.conf import settings

FREE = {
    *("MIT", "MIT License", "MIT-0", "ISC License (ISCL)", "Unlicense", "PSF-2.0"),
    *("BSD", "BSD License", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0"),
    *("Apache Software License", "MIT-CMU"),
    "OFL-1.1",  # of fonts, which we use and pass on under their own names
}
"""Nothing is asked but that their notice stays."""

UNCHANGED = {
    "LGPL-2.1-only",
    "LGPL-3.0-only",
    "GNU Lesser General Public License v2 (LGPLv2)",
}
"""Free for whoever uses them as they are, and can put others in their place: as pip installs."""

LOCKED = re.findall(
    r"^([a-z0-9.-]+)==", (settings.BASE_DIR / "requirements.lock").read_text(), re.MULTILINE
)
ELSEWHERE = {"tzdata", "colorama"}
"""Of these only some systems need one, and this may not be one of them."""

IN_A_FILE = {"pyrage": "MIT"}
"""Read there, because their metadata say nothing."""


def licences(package: str) -> set[str]:
    """Return the licences of an installed package, as it states them."""
    stated = metadata(package)
    if "License-Expression" in stated:
        return set(re.split(r" (?:OR|AND) ", stated["License-Expression"]))
    classified = [
        line.rpartition(" :: ")[2]
        for line in stated.get_all("Classifier", [])
        if line.startswith("License :: OSI Approved")
    ]
    return set(classified or [IN_A_FILE.get(package, stated["License"])])


@pytest.mark.parametrize("package", LOCKED)
def test_its_licence_is_compatible_with_ours(package: str) -> None:
    try:
        stated = licences(package)
    except PackageNotFoundError:
        assert package in ELSEWHERE
    else:
        assert stated <= FREE | UNCHANGED, package


def test_the_list_is_not_empty() -> None:
    assert len(LOCKED) > 40
    assert "django" in LOCKED
