"""Letters that look like those of another script. A pure function over text."""

from confusable_homoglyphs import categories, confusables  # type: ignore[import-untyped]


def lookalikes(name: str) -> str:
    """Return the characters of `name` that pass for Latin letters, in words that mix scripts."""
    found = ""
    for word in name.split():
        if len(categories.unique_aliases(word) - {"COMMON"}) < 2:
            continue
        for hit in confusables.is_confusable(word, preferred_aliases=["latin"], greedy=True) or []:
            if hit["alias"] not in {"LATIN", "COMMON"} and hit["character"] not in found:
                found += hit["character"]
    return found
