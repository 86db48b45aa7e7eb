"""Texts that occur nowhere else, so that whoever finds one knows which column it came from."""

import base64
import io
import re
import zipfile
from dataclasses import dataclass, field


@dataclass
class Aviary:
    """Makes canaries that begin alike, and finds them in whatever is shown."""

    prefix: str
    origins: dict[str, str] = field(default_factory=dict)

    def __call__(self, column: str, longest: int) -> str:
        """Return a new canary for a column, in small letters and digits alone."""
        canary = f"{self.prefix}{len(self.origins):04d}"
        assert len(canary) <= longest, f"{column} has no room"
        self.origins[canary] = column
        return canary

    def found_in(self, content: bytes) -> set[str]:
        """Return the columns of which something stands in `content`, also compressed or encoded."""
        if content[:2] == b"PK":
            archive = zipfile.ZipFile(io.BytesIO(content))
            return set().union(*(self.found_in(archive.read(part)) for part in archive.namelist()))
        small = content.lower()
        seen = {match.decode() for match in re.findall(self.prefix.encode() + b"[0-9]{4}", small)}
        found = {self.origins.get(one, one) for one in seen}
        if any(needle in content for needle in self._encoded()):
            found.add("something in base 64")
        if self.prefix.encode().hex().encode() in small:
            found.add("something in base 16")
        return found

    def _encoded(self) -> list[bytes]:
        """The prefix as it looks inside a longer text in base 64, at each of three places."""
        middle = []
        for offset in range(3):
            code = base64.b64encode(b"_" * offset + self.prefix.encode())
            middle.append(code[4 if offset else 0 : -4])
        return middle
