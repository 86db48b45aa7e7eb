"""Pictures for tests."""

import io

from PIL import Image


def picture(
    kind: str = "PNG", size: tuple[int, int] = (120, 40), mode: str = "RGB", **options: object
) -> bytes:
    """Return a file with a picture of two colours."""
    drawn = Image.new(mode, size, (255, 255, 255, 0) if mode == "RGBA" else "white")
    drawn.paste("black", (0, 0, size[0] // 2, size[1]))
    written = io.BytesIO()
    drawn.save(written, kind, **options)
    return written.getvalue()
