"""What a letter asks for: in lists, in paragraphs of their own, or in one sentence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from signatures.letter_text import vocabulary
from signatures.letter_text.lines import Line, folded
from signatures.letter_text.vocabulary import begins, holds

_ENDING = " ;؛"
_COLON = (":", "：")
_FINAL_AND = re.compile(
    r"[;؛,،]\s*(?:and|et|y|e|و|as well as|ainsi que|así como)\s*$", re.IGNORECASE
)
_FIRST_AND = re.compile(r"(?:and|et|y|e)\s+(?=\S)", re.IGNORECASE)
_INLINE = re.compile(
    r"(?:^|(?<=\s))(?:\((?:\d{1,2}|[ivx]{1,4}|[a-z])\)|(?:\d{1,2}|[ivx]{1,4}|[a-z])\))\s+"
)
_SENTENCE = re.compile(r"(?<=[.!?؟])\s+(?=\S)")
_LONGEST_SENTENCE = 6_000
_MOST_WORDS_OF_A_HEADING = 8


_ORDINALS = (
    r"first(?:ly)?|premi[èe]rement|en premier lieu|primero|primeramente|en primer lugar|أولا[ًّ]?",
    r"second(?:ly)?|deuxi[èe]mement|en deuxi[èe]me lieu|segundo|en segundo lugar|ثانيا[ًّ]?",
    r"third(?:ly)?|troisi[èe]mement|en troisi[èe]me lieu|tercero|en tercer lugar|ثالثا[ًّ]?",
    r"fourth(?:ly)?|quatri[èe]mement|cuarto|en cuarto lugar|رابعا[ًّ]?",
    r"fifth(?:ly)?|cinqui[èe]mement|quinto|en quinto lugar|خامسا[ًّ]?",
    r"sixth(?:ly)?|sixi[èe]mement|sexto|سادسا[ًّ]?",
    r"(?:finally|last(?:ly)?|enfin|por [úu]ltimo|finalmente|وأخيرا|أخيرا)[ًّ]?",
)
_IN_WORDS = "|".join(f"({words})" for words in _ORDINALS)
_ORDINAL = re.compile(rf"(?:(?:and|et|y)\s+)?(?:{_IN_WORDS})\s?[,:،]\s+", re.IGNORECASE)
_OPENING = re.compile(rf"(?:{_IN_WORDS})\s?[,:،.–—-]\s+", re.IGNORECASE)
_COUNTED = re.compile(
    r"(?:demands?|recommendations?|requests?|asks?|points?|demandes?|revendications?|recommandations?"
    r"|demandas?|peticiones|petici[óo]n|recomendaci[óo]n|exigencias?|المطلب|التوصية)"
    r"\s?(?:n[°o.]{0,2}\s?)?\d{1,2}\s?[:.)–—-]\s*",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"[A-Z][.)]\s+")


@dataclass
class Found:
    """What a letter asks for, and the lines that remain of its body."""

    intro: str = ""
    demands: list[str] = field(default_factory=list)
    body: list[Line] = field(default_factory=list)
    at: int = 0
    """How many lines of the body stand before the demands."""
    unrecognised: list[str] = field(default_factory=list)


def read(lines: Sequence[Line]) -> Found:
    """Return the demands of a body, and the body without them."""
    for find in (_in_lists, _in_paragraphs, _in_a_sentence):
        found = find(lines)
        if found.demands:
            return found
    return Found(body=list(lines))


def marked(lines: Sequence[Line]) -> list[Line]:
    """Return lines of which those that introduce demands are followed by entries with marks.

    "First," and "Recommendation 1:" are marks there, and so are single capitals, which elsewhere
    can be the initials of somebody.
    """
    made: list[Line] = []
    is_list = False
    for line in lines:
        worded = _worded_mark(line.text) if is_list and not line.mark else ""
        if worded:
            made.append(replace(line, mark=worded.strip(), text=line.text[len(worded) :]))
            continue
        made.append(line)
        is_list = bool(line.mark and is_list) or introduces(line)
    return made


def _worded_mark(text: str) -> str:
    for pattern in (_OPENING, _COUNTED, _CAPITAL):
        if (found := pattern.match(text)) and len(text) > found.end():
            return found[0]
    return ""


def is_asking(text: str) -> bool:
    """Whether a sentence asks somebody for something."""
    end = _end_of(text)
    wishes = holds(end, vocabulary.WISHING) and not _only_says(text)
    return wishes or holds(end, vocabulary.ASKING)


def _only_says(text: str) -> bool:
    """Whether the last sentence of a text is one that thanks, reminds or tells."""
    return holds(_end_of(text[_last_sentence(text) :]), vocabulary.SAYING)


def introduces(line: Line) -> bool:
    """Whether a line introduces demands that follow it."""
    text = line.text
    if begins(folded(text), vocabulary.DEMANDS) and len(text.split()) <= _MOST_WORDS_OF_A_HEADING:
        return True
    ends = text.endswith((*_COLON, "…", " to", "...")) or text.rstrip().endswith("-")
    return ends and is_asking(text)


def _end_of(text: str) -> str:
    """Return the last words of a text, folded: an introduction may end a long paragraph."""
    return folded(text[-240:])


# Lists


def _in_lists(lines: Sequence[Line]) -> Found:
    found = Found()
    index = 0
    asked = False
    while index < len(lines):
        line = lines[index]
        end = index + 1
        # "We ask", and below it a list for each of those who are asked.
        goes_on = asked and line.text.endswith(_COLON)
        asked = not line.mark and (introduces(line) or goes_on)
        if asked:
            end = _end_of_list(lines, index + 1)
        if end == index + 1:
            found.body.append(line)
            index += 1
            continue
        intro, before = _intro_of(line)
        if before:
            found.body.append(before)
        _introduce(found, intro)
        found.demands += _entries(lines[index + 1 : end])
        index = end
    if not found.demands:
        return _only_list(lines)
    return found


def _introduce(found: Found, intro: str) -> None:
    """Take what introduces demands; a second introduction has no place in a letter yet."""
    is_heading = begins(folded(intro), vocabulary.DEMANDS) and len(intro.split()) < 4
    if not found.intro:
        found.intro, found.at = intro, len(found.body)
    elif is_heading or found.demands:
        found.unrecognised.append(intro)
    else:
        found.unrecognised.append(found.intro)
        found.intro = intro


def _only_list(lines: Sequence[Line]) -> Found:
    """Take the one list of a letter behind "We ...:", or behind a heading that asks."""
    starts = [i for i, line in enumerate(lines) if line.mark and (not i or not lines[i - 1].mark)]
    if len(starts) != 1 or not starts[0]:
        return Found()
    start = starts[0]
    line, end = lines[start - 1], _end_of_list(lines, start)
    if _only_says(line.text) and not is_asking(line.text):
        return Found()
    intro, before = _intro_of(line)
    announces = is_asking(intro) and holds(_end_of(intro), vocabulary.FOLLOWING)
    if not (line.text.endswith(_COLON) or announces):
        return Found()
    if not begins(folded(intro if announces else line.text), vocabulary.OURSELVES):
        return Found()
    above = [*lines[: start - 1], *([before] if before else [])]
    return Found(intro, _entries(lines[start:end]), [*above, *lines[end:]], len(above))


def _end_of_list(lines: Sequence[Line], start: int) -> int:
    """Return where a list that begins at `start` ends; lines between its entries belong to it."""
    end = start
    while end < len(lines):
        if lines[end].mark or (
            end > start
            and not lines[end].gap
            and not lines[end].heading
            and end + 1 < len(lines)
            and lines[end + 1].mark
            and _numbered(lines[end + 1].mark)
        ):
            end += 1
        elif following := _continued(lines, end):
            end = following
        else:
            break
    return end


def _continued(lines: Sequence[Line], index: int) -> int:
    """Return where a numbered list goes on behind paragraphs about its last entry, 0 if not."""
    above = next(
        (line.mark for line in reversed(lines[max(0, index - 4) : index]) if line.mark), ""
    )
    for at in range(index, min(index + _MOST_PARAGRAPHS + 1, len(lines))):
        if lines[at].heading or lines[at].text.endswith(_COLON):
            return 0
        if lines[at].mark:
            return at if _number(lines[at].mark) == _number(above) + 1 > 1 else 0
    return 0


_MOST_PARAGRAPHS = 3


def _number(mark: str) -> int:
    digits = "".join(filter(str.isdecimal, mark))
    return int(digits) if digits else 0


def _numbered(mark: str) -> bool:
    return any(character.isalnum() for character in mark)


def _entries(lines: Sequence[Line]) -> list[str]:
    """Return an entry each; what stands deeper, or has no sign, belongs to the one above."""
    top = min((line.level for line in lines if line.mark), default=0)
    kind = _kind_of_mark(lines[0].mark)
    mixed = len({_kind_of_mark(line.mark) for line in lines if line.mark}) > 1
    entries: list[str] = []
    for line in lines:
        below = line.level > top + 1 or (mixed and _kind_of_mark(line.mark) != kind)
        if entries and (not line.mark or below):
            entries[-1] = f"{entries[-1]} {line.text}"
        else:
            entries.append(line.text)
    return [entry for entry in map(bare, entries) if entry]


def _kind_of_mark(mark: str) -> str:
    if any(character.isdigit() for character in mark):
        return "number"
    return "letter" if any(character.isalpha() for character in mark) else "sign"


def bare(text: str) -> str:
    """Return a demand without the sign that only divides it from the next."""
    text = text.rstrip()
    if found := _FINAL_AND.search(text, max(0, len(text) - 20)):
        text = text[: found.start()] or text
    return text.rstrip(_ENDING).rstrip(",،") if not text.endswith("…") else text


def _intro_of(line: Line) -> tuple[str, Line | None]:
    """Return the sentence that introduces demands, and what stands before it in its paragraph."""
    start = _last_sentence(line.text)
    # "Mr. Khan to:" is not the sentence.
    if not start or not is_asking(line.text[start:]):
        return line.text, None
    return line.text[start:], Line(line.text[:start].rstrip(), gap=line.gap)


def _last_sentence(text: str) -> int:
    offset = max(0, len(text) - _LONGEST_SENTENCE)
    return max((offset + found.end() for found in _SENTENCE.finditer(text[offset:])), default=0)


# Paragraphs


def _in_paragraphs(lines: Sequence[Line]) -> Found:
    """Take the paragraphs behind "We call on you to:" that are not marked as a list."""
    for index, line in enumerate(lines[:-1]):
        following = lines[index + 1]
        if line.mark or following.mark or following.heading or not introduces(line):
            continue
        end = _end_of_paragraphs(lines, index + 1)
        if end - index <= 2 and not lines[index + 1].text.endswith((";", "؛")):
            continue
        intro, before = _intro_of(line)
        above = [*lines[:index], *([before] if before else [])]
        demands = [bare(one.text) for one in lines[index + 1 : end]]
        body = [*above, *lines[end:]]
        return Found(intro, [one for one in demands if one], body, len(above))
    return Found()


def _end_of_paragraphs(lines: Sequence[Line], start: int) -> int:
    divided = lines[start].text.endswith((";", "؛", ","))
    close = start + 1 < len(lines) and not lines[start + 1].gap
    end = start
    while end < len(lines):
        line = lines[end]
        if line.heading or line.mark or begins(folded(line.text), vocabulary.OURSELVES):
            break
        if close and end > start and line.gap:
            break
        end += 1
        if divided and line.text.endswith((".", "۔")):
            break
    return end


# One sentence


def _in_a_sentence(lines: Sequence[Line]) -> Found:
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        if line.mark or line.heading or len(line.text) > _LONGEST_SENTENCE:
            continue
        taken = _taken_apart(line.text)
        if taken:
            before, intro, demands, after = taken
            above = [*lines[:index], *([Line(before, gap=True)] if before else [])]
            below = [*([Line(after, gap=True)] if after else []), *lines[index + 1 :]]
            return Found(intro, demands, [*above, *below], len(above))
    return Found()


def _taken_apart(text: str) -> tuple[str, str, list[str], str] | None:
    """Return what stands before the sentence that asks, its beginning, demands, and the rest."""
    if taken := _taken_by_ordinals(text):
        return taken
    for sentence_start, sentence_end in _sentences(text):
        sentence = text[sentence_start:sentence_end]
        head, items = _items(sentence)
        if len(items) < 2:
            continue
        before, after = text[:sentence_start].strip(), text[sentence_end:].strip()
        return before, head.strip(), [bare(item).rstrip(".") for item in items], after
    return None


def _taken_by_ordinals(text: str) -> tuple[str, str, list[str], str] | None:
    """Do the same with sentences that begin with "First," and "Second," behind one that asks."""
    found: list[re.Match[str]] = []
    for one in _ORDINAL.finditer(text):
        opens = not one.start() or text[: one.start()].rstrip()[-1] in _ENDS_OF_PARTS
        is_next = one.lastindex == len(found) + 1 or (found and one.lastindex == len(_ORDINALS))
        if opens and is_next:
            found.append(one)
    if len(found) < 2:
        return None
    head = text[: found[0].start()].rstrip()
    start = _last_sentence(head)
    if not is_asking(head[start:]):
        return None
    last = text[found[-1].end() :]
    end = found[-1].end() + next((one.start() for one in _SENTENCE.finditer(last)), len(last))
    ends = [*(one.start() for one in found[1:]), end]
    items = [
        bare(text[one.end() : end].strip()).rstrip(".")
        for one, end in zip(found, ends, strict=True)
    ]
    return head[:start].strip(), head[start:], items, text[end:].strip()


_ENDS_OF_PARTS = ".;:,!?؛،"


def _sentences(text: str) -> list[tuple[int, int]]:
    """Return where each sentence begins and ends; numbers in brackets do not end one."""
    starts = [0, *(found.end() for found in _SENTENCE.finditer(text))]
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def _items(sentence: str) -> tuple[str, list[str]]:
    numbered = list(_INLINE.finditer(sentence))
    if len(numbered) > 1:
        head = sentence[: numbered[0].start()]
        ends = [*(found.start() for found in numbered[1:]), len(sentence)]
        items = [
            sentence[found.end() : end].strip() for found, end in zip(numbered, ends, strict=True)
        ]
        return (head, items) if is_asking(head) else ("", [])
    parts = [part.strip() for part in re.split("[;؛]", sentence)]
    if len(parts) < 2 or not is_asking(parts[0]):
        return "", []
    head, item = _first_item(parts[0])
    items = [item, *parts[1:]]
    items = [
        _FIRST_AND.sub("", item, count=1) if _FIRST_AND.match(item) else item for item in items
    ]
    if head.endswith((" to", " à", " que", " a", " de", " d'")):
        small = head.rpartition(" ")[2] + " "
        items = [item.removeprefix(small) for item in items]
    return head, [item for item in items if item]


def _first_item(part: str) -> tuple[str, str]:
    """Divide "We urge you to publish it" behind its "to", or behind its colon."""
    head, colon, item = part.partition(":")
    if colon and item.strip() and is_asking(head):
        return head + colon, item.strip()
    for small in (" to ", " de ", " à ", " a ", " أن ", " إلى ", " que "):
        asked = _asked_at(part)
        at = part.find(small, asked)
        if at >= 0:
            return part[: at + len(small)].rstrip(), part[at + len(small) :]
    return "", part


def _asked_at(part: str) -> int:
    """Return where the word that asks stands, so that "to" is looked for behind it."""
    position = 0
    for word in part.split(" "):
        if holds(folded(word), _ASKING_WORDS):
            return position
        position += len(word) + 1
    return 0


_ASKING_WORDS = (*vocabulary.ASKING, *vocabulary.WISHING, "call ", "calls ", "calling ")
