"""Sets one paper in type, and ends: the program that `typesetting.paper` starts.

The typesetter keeps what it has made, for the next time, and much of it: some 45 MB for each
thousand names. So it works in a process of its own, which takes all of that along, and which
is the first to go where memory is short. On its standard input comes what to set, as JSON; on
its standard output goes the PDF. It knows nothing of the site.
"""

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Literal

import typst


def main() -> None:
    """Set what is asked for."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    asked = json.load(sys.stdin)
    fonts = typst.Fonts(include_system_fonts=False, font_paths=asked["fonts"])

    def made(*standards: Literal["ua-1"]) -> bytes:
        return typst.compile(
            asked["template"],
            root=asked["root"],
            font_paths=fonts,
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=list(standards),
            timestamp=asked["timestamp"],
            sys_inputs={"data": asked["data"]},
        )

    try:
        paper = made("ua-1")
    except typst.TypstError:
        paper = made()
    sys.stdout.buffer.write(paper)


if __name__ == "__main__":
    main()
