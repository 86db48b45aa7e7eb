"""A typed organisation name, taken apart: the name, its acronyms, other names, places."""

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache

from signatures import names
from signatures.matching.lookalikes import lookalikes, undisguised
from signatures.matching.overlap import overlap
from signatures.matching.places import place
from signatures.matching.words import core, is_filler, is_legal_form, plain, words

LONGEST_ACRONYM = 12

SAYS_THE_SAME = 0.5
"""Overlap from which two halves of a name are one name in two languages."""

_QUOTES = str.maketrans(dict.fromkeys("“”„«»″", '"') | dict.fromkeys("‘’‚‛´`′", "'"))
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_BRACKETS = re.compile(r'\(([^()]*)\)|"([^"]*)"')
# "Section", "campus" and the like name a part of what stands before them.
_PART = re.compile(
    r"\b(section|chapter|branch|office|campus|clinic|unit|division|local group|national committee|"
    r"sezione|secci[oó]n|sucursal|filiale|antenne|فرع|סניף)\b",
    re.IGNORECASE,
)
# "Ramallah - Gaza" is where an organisation has its offices; one place alone names a branch.
_SEATS = re.compile(r"[^\W\d]+(?:\s*(?:-|,|&|\band\b)\s*[^\W\d]+)+")


@dataclass(frozen=True)
class ParsedName:
    """What a name says, each part in the form in which it is compared."""

    text: str
    """The name itself, without acronym, address and branch, as typed."""
    whole: str
    """Everything that was typed, plain."""
    core: tuple[str, ...]
    """Its telling words."""
    others: tuple[tuple[str, ...], ...] = ()
    """The telling words of further full names: "Société de l'eau / Water Society"."""
    acronyms: frozenset[str] = frozenset()
    """Short names it states, plain and without signs."""
    branches: frozenset[str] = frozenset()
    """Places and sections that it names as its own: country codes, "*region" or plain words."""
    parts: tuple[tuple[str, ...], ...] = ()
    """The telling words of branches and parts, of which some are organisations themselves."""
    country: str = ""
    """The country (ISO 3166-1) that stands behind the name like an address."""
    disguised: bool = False
    """Whether it was written with letters that imitate others; here stand those they imitate."""
    initials: frozenset[str] = frozenset()
    """What the first letters of its words spell, with and without fillers."""

    @property
    def forms(self) -> tuple[tuple[str, ...], ...]:
        """The telling words of every full name."""
        return (self.core, *self.others)

    @property
    def squashed(self) -> str:
        """The telling words written as one."""
        return "".join(self.core)

    @property
    def acronym_and_rest(self) -> tuple[str, str] | None:
        """ABC and what follows it, where the name may begin with an acronym: "ABC Kenya"."""
        short, _blank, rest = self.text.partition(" ")
        if rest and (looks_like_acronym(short) or names_branch(rest) or " " not in rest):
            return acronym_key(short), rest
        return None


@lru_cache(maxsize=20_000)
def parse(raw: str) -> ParsedName:
    """Take an organisation's name apart as it stands in forms and lists."""
    disguised = bool(lookalikes(raw))
    genuine = undisguised(raw) if disguised else raw
    reading = _Reading(_tidy(genuine))
    for step in (
        reading.brackets,
        reading.slashes,
        reading.leading_acronym,
        reading.trailing_part,
        reading.commas,
        reading.bare_acronym,
        reading.second_language,
    ):
        step()
    return reading.result(plain(genuine), disguised=disguised)


def acronym_key(acronym: str) -> str:
    """Return an acronym as it is compared: plain, without signs and spaces."""
    return plain(acronym).replace(" ", "")


def looks_like_acronym(text: str) -> bool:
    """Whether `text` is one word and mostly capitals or digits: "ECCP", "LO-Norway", "NSLS-II"."""
    signs = re.sub(r"\W", "", text)
    if " " in text or not 2 <= len(signs) <= LONGEST_ACRONYM:
        return False
    capitals = sum(character.isupper() or character.isdigit() for character in signs)
    return capitals >= 2 and 2 * capitals >= len(signs) and any(map(str.isalpha, signs))


@lru_cache(maxsize=20_000)
def spells(acronym: str, name: str) -> bool:
    """Whether `acronym` is made of the beginnings of the words of `name`, in their order.

    Up to four letters of a word may be taken; fillers may be skipped, and one other word where
    the acronym has four letters or more.
    """
    letters, parts = acronym_key(acronym), plain(name).split()
    if len(letters) < 2 or not parts:
        return False

    @cache  # "aaaa aaaa aaaa" can be spelled in more ways than anybody has time for
    def fits(done: int, word: int, skips: int) -> bool:
        if done == len(letters):
            rest = [part for part in parts[word:] if not is_filler(part)]
            return len(rest) <= skips
        if word == len(parts):
            return False
        longest = min(len(parts[word]), len(letters) - done, 4)
        if any(
            parts[word].startswith(letters[done : done + taken])
            and fits(done + taken, word + 1, skips)
            for taken in range(longest, 0, -1)
        ):
            return True
        if is_filler(parts[word]):
            return fits(done, word + 1, skips)
        return skips > 0 and fits(done, word + 1, skips - 1)

    return fits(0, 0, 1 if len(letters) >= 4 else 0)


def names_branch(text: str) -> bool:
    """Whether `text` is a place, or says that it is a branch."""
    return bool(place(text) or _PART.search(text))


def branch_named(text: str) -> str:
    """Return what the branch is that `text` names, without the word that says that it is one."""
    return " ".join(_PART.sub(" ", text).split()) or text


def _tidy(raw: str) -> str:
    text = _DASHES.sub("-", names.clean_display(raw)).replace("_", " ").translate(_QUOTES)
    return re.sub(r"^[-*•.,;:\s]+|[\s.,;:]+$", "", text)


@dataclass
class _Reading:
    """A name while it is being taken apart: each step takes one sort of addition off `text`."""

    text: str
    acronyms: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    branches: list[str] = field(default_factory=list)
    country: str = ""

    def brackets(self) -> None:
        """(ABC), (Kenya), (Gaza branch), (a second name), "quoted", ABC (the long name)."""
        for found in list(_BRACKETS.finditer(self.text)):
            whole, inner = found.group(0), (found.group(1) or found.group(2) or "").strip(" .")
            head = re.sub(r'[("].*', "", self.text).strip(" -/,")
            quoted = found.group(2) is not None
            if quoted or (not head and inner):
                # What is quoted stays part of the name; one quoted word is also a short name.
                if quoted and len(inner.split()) == 1 and len(core(words(head))) >= 3:
                    self.others.append(self.text.replace(whole, " "))
                    self.acronyms.append(inner)
                self._replace(whole, inner)
            elif looks_like_acronym(head) and len(inner.split()) >= 2:
                self.acronyms.append(head)
                self._replace(head, "")
                self._replace(whole, inner)
            elif self._take(inner, head) or self._take_all(re.split(r"\s*[,/;-]\s*", inner), head):
                self._replace(whole, " ")
            else:
                self._replace(whole, " ")
                if plain(inner) in plain(head):
                    self.acronyms.append(inner)
                elif len(inner.split()) >= 3 and not _PART.search(inner):
                    self.others.append(inner)
                else:
                    self.branches.append(inner)

    def slashes(self) -> None:
        """Name/ABC, Name/Kenya, a name / the same in another language."""
        head, *rest = [part.strip() for part in self.text.split("/") if part.strip()] or [""]
        if not rest or len(head.split()) < 2:
            return
        for part in rest:
            if self._take(part, head, branch=True) or _SEATS.fullmatch(part):
                continue
            (self.others if len(part.split()) >= 3 else self.branches).append(part)
        self.text = head

    def leading_acronym(self) -> None:
        """ABC - Name, ABC: Name, ABC, Name."""
        found = re.match(r"(\S+(?: \S+){0,2})\s*(?:\s-+|--+|:|,|-)\s+(.{6,})$", self.text)
        if not found or len(found.group(2).split()) < 2:
            return
        short, name = found.groups()
        parts = short.split()
        if all(map(looks_like_acronym, parts)) or spells(short, name):
            self.acronyms += [short, *parts]
            self.text = name

    def trailing_part(self) -> None:
        """Name - ABC, Name - Kenya, Name - Gaza branch, Name - a part of it."""
        found = re.match(r"(.{6,}?)\s*(?:\s-+\s?|--+|-\s)\s*([^-]{2,})$", self.text)
        if not found or len(found.group(1).split()) < 2:
            return
        head, part = found.groups()
        if self._take(part, head, branch=True):
            self.text = head
        elif len(part.split()) <= 2 or _PART.search(part):
            self.branches.append(part)
            self.text = head

    def commas(self) -> None:
        """Name, Kenya; Name, Gaza; Name, e.V.; Name, Kisumu Section."""
        while found := re.match(r"(.{4,}),\s*([^,]{2,60})$", self.text):
            head, part = found.groups()
            if not self._take(part, head):
                city = len(part.split()) == 1 and part[:1].isupper() and len(head.split()) >= 2
                if not (_PART.search(part) or (city and " and " not in head)):
                    break
                self.branches.append(part)
            self.text = head

    def bare_acronym(self) -> None:
        """ABC as the first or last word, where it is spelled by the others."""
        parts = self.text.split()
        if len(parts) < 3 or self.text.isupper():
            return
        for short, rest in ((parts[-1], parts[:-1]), (parts[0], parts[1:])):
            if (
                len(short) >= 3
                and looks_like_acronym(short)
                and not place(short)
                and not is_legal_form(plain(short))
                and spells(short, " ".join(rest))
            ):
                self.acronyms.append(short)
                self.text = " ".join(rest)
                return

    def second_language(self) -> None:
        """A name - the same in another language. Otherwise what follows the dash is a part."""
        found = re.match(r"(.{8,}?)\s-\s(.{8,})$", self.text)
        if not found:
            return
        head, part = found.groups()
        if overlap(core(words(head)), core(words(part))).dice >= SAYS_THE_SAME:
            self.others.append(part)
        else:
            self.branches.append(part)
        self.text = head

    def result(self, whole: str, *, disguised: bool) -> ParsedName:
        """Put the parts into the form in which they are compared."""
        text = self.text.strip(" -/,.")
        parts = plain(text).split()
        initials = {"".join(part[0] for part in parts)}
        initials.add("".join(part[0] for part in parts if not is_filler(part)))
        short = [text] if len(parts) == 1 and looks_like_acronym(text) else []
        return ParsedName(
            text=text,
            whole=whole,
            disguised=disguised,
            core=core(words(text)),
            others=tuple(form for other in self.others if (form := core(words(other)))),
            acronyms=frozenset(filter(None, map(acronym_key, [*self.acronyms, *short]))),
            branches=frozenset(filter(None, (place(one) or plain(one) for one in self.branches))),
            parts=tuple(
                form for part in self.branches if not place(part) and (form := core(words(part)))
            ),
            country=self.country,
            initials=frozenset(one for one in initials if len(one) > 2),
        )

    def _replace(self, old: str, new: str) -> None:
        self.text = " ".join(self.text.replace(old, new, 1).split()).strip(" ,;-/")

    def _take_all(self, parts: list[str], head: str) -> bool:
        return len(parts) > 1 and all(self._take(part, head) for part in parts)

    def _take(self, part: str, head: str, *, branch: bool = False) -> bool:
        """Note what an addition to `head` is, if that is certain; return whether it was."""
        part = part.strip(" .,;-\"'")
        if not part or is_legal_form(plain(part).replace(" ", "")):
            return True
        if where := place(part):
            if branch or where.startswith("*"):
                self.branches.append(part)
            else:
                self.country = where
            return True
        # SEATINI-Uganda, ICJ Norway
        found = re.match(r"(\S+?)\s?[- ]\s?(.+)$", part)
        if found and looks_like_acronym(found.group(1)) and place(found.group(2)):
            self.acronyms.append(found.group(1))
            self.branches.append(found.group(2))
            return True
        pieces = part.split()
        if all(map(looks_like_acronym, pieces)) or spells(part, head):
            self.acronyms += [part, *pieces] if len(pieces) > 1 else [part]
            return True
        return False
