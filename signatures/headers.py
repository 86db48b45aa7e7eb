"""What the columns of a table hold, guessed from their titles.

The vocabulary: the four languages of the interface, the usual questions of form services (Google
and Microsoft Forms, Typeform), the column names of LimeSurvey, KoBo, ODK, Mailchimp and Action
Network, and our own exports.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from signatures import names
from signatures.workbooks import Record

FIELDS = (
    "name",
    "local_name",
    "acronym",
    "country",
    "website",
    "contact_name",
    "contact_title",
    "email",
    "signed_on",
    "section",
    "position",
)

_TITLES = {
    "name": (
        "name; organisation; organization; organisations; organizations; organisation name; "
        "organization name; name of organisation; name of organization; name of your organisation; "
        "name of your organization; name of the organisation; name of the organization; "
        "official name; name as listed; company; company name; entity; institution; group; "
        "group name; network; ngo; ngo name; cso; cso name; signatory; signatories; "
        "signatory name; "
        "signatory organisation; signatory organization; org; org name; orgname; employer; "
        "organisme; nom; nom de l'organisation; nom de votre organisation; nom de l'association; "
        "nom de l'organisme; nom de la structure; association; structure; signataire; "
        "signataires; organisation signataire; organizacion; nombre; nombre de la organizacion; "
        "nombre de su organizacion; nombre de la entidad; organizaciones; entidad; asociacion; "
        "colectivo; firmante; organizacion firmante; razon social; "
        "الاسم; المنظمه; المؤسسه; اسم المنظمه; اسم المؤسسه; اسم الجمعيه; الجمعيه; "
        "الجهه; اسم الجهه; المنظمات; الموقعون; اسم المنظمه المؤسسه"
    ),
    "local_name": (
        "local name; name in its own language; name in original language; name in local language; "
        "name in own language; original name; native name; name in arabic; arabic name; "
        "nom local; nom dans sa langue; nom d'origine; nom en langue locale; nom original; "
        "nombre local; nombre en su idioma; nombre original; nombre en idioma local; "
        "الاسم المحلي; الاسم باللغه المحليه; الاسم بالعربيه; الاسم باللغه العربيه; "
        "اسم المنظمه بالعربيه; الاسم بلغتها"
    ),
    "acronym": (
        "acronym; abbreviation; initials; short name; acronym if any; sigle; acronyme; "
        "abreviation; "
        "siglas; sigla; acronimo; abreviatura; الاختصار; اختصار; الاسم المختصر; الاحرف الاولي"
    ),
    "country": (
        "country; country where it is based; country of registration; country name; country code; "
        "country of origin; country region; based in; headquarters; location; which country; "
        "nation; "
        "pays; pays d'origine; pays du siege; pays de l'organisation; quel pays; "
        "pais; pais de origen; pais sede; pais de la organizacion; nacion; "
        "الدوله; البلد; دوله; بلد; بلد المنشا; بلد المنظمه; الدوله البلد"
    ),
    "website": (
        "website; web site; web; site; url; web address; website url; homepage; home page; link; "
        "website address; site web; site internet; adresse web; lien; sitio web; pagina web; "
        "sitio; enlace; web page; الموقع; الموقع الالكتروني; موقع الويب; رابط الموقع; "
        "الموقع الشبكي"
    ),
    "contact_name": (
        "contact name; contact; contact person; name of contact; name of contact person; "
        "your name; "
        "full name; fullname; representative; name of representative; signed by; respondent; "
        "name of the contact; name of the contact person; contact person name; "
        "nom de la personne de contact; nom et prenom de la personne de contact; "
        "nom et prenom du contact; nombre de la persona de contacto; "
        "nombre y apellidos de la persona de contacto; "
        "nom du contact; personne de contact; personne a contacter; votre nom; contact nom; "
        "nom et prenom; nom complet; representant; nombre de contacto; persona de contacto; "
        "su nombre; tu nombre; nombre completo; nombre y apellidos; representante; "
        "اسم جهه الاتصال; جهه الاتصال; الشخص المسؤول; اسم الشخص المسؤول; اسمك; "
        "الاسم الكامل; اسم ممثل المنظمه; اسم الموقع; ممثل المنظمه"
    ),
    "contact_title": (
        "position; your position; job title; title; role; function; contact position; "
        "position in the organisation; position in the organization; contact title; "
        "contact position; title position; job position; poste; fonction; votre fonction; "
        "titre; qualite; cargo; puesto; su cargo; funcion; titulo; المنصب; الوظيفه; "
        "المسمي الوظيفي; الصفه; منصبك"
    ),
    "email": (
        "email; e mail; email address; e mail address; mail; your email; your email address; "
        "your e mail address; contact email; contact e mail; contact email address; username; "
        "work email; courriel; adresse e mail; adresse email; adresse mail; adresse courriel; "
        "adresse electronique; votre courriel; votre adresse e mail; contact courriel; "
        "correo; correo electronico; direccion de correo electronico; su correo electronico; "
        "البريد; البريد الالكتروني; بريد الكتروني; عنوان البريد الالكتروني; الايميل; ايميل"
    ),
    "signed_on": (
        "signed on; date signed; date; date of signature; signature date; signing date; signed; "
        "signed at; timestamp; submitted at; submit date utc; completion time; submission time; "
        "submitdate; date submitted; created at; creation date; optin time; confirm time; "
        "date created; subscribed on; last action date; end; "
        "signe le; date de signature; horodateur; date de soumission; heure de fin; "
        "fecha; fecha de firma; firmado el; marca temporal; hora de finalizacion; "
        "التاريخ; تاريخ التوقيع; طابع زمني; تاريخ الارسال; وقت الاكتمال"
    ),
    "section": (
        "section; initiator; initiators; is initiator; section of the list; signatory type; "
        "initiateur; rubrique; type de signataire; iniciador; seccion; tipo de firmante; "
        "القسم; مبادر; المبادر"
    ),
    "position": (
        "place; order; place among the initiators; initiator number; rank; number; no; nr; "
        "numero; n; ordre; rang; numero d'ordre; orden; lugar; puesto entre los iniciadores; "
        "رقم; الرقم; الترتيب; ترتيب"
    ),
}
_FIELD_OF = {
    names.fold(title): field for field, titles in _TITLES.items() for title in titles.split(";")
}
_BARE_NAMES = frozenset({"name", "nom", "nombre", "الاسم"})
# LimeSurvey and ODK put codes before and behind the question, forms put "(optional)" or "*".
# But 350.org is the name of an organisation.
_DECORATION = re.compile(
    r"^(?!\d+\.org$)(?:\d+[.)]|[A-Z]?\d+[a-z]?[.:)]|G\d+Q\d+[.:]?|[A-Za-z]\w*\.(?=\s\S)|\[[^\]]*\])\s*|\s*(?:\([^()]*\)|\[[^\]]*\]|[*:?])+\s*$"
)
_ROWS_LOOKED_AT = 6
_LONGEST_TITLE = 250
"""Characters. What is longer is text; looking for its decoration would take for ever."""


def field_of(title: str) -> str:
    """Return which of FIELDS a column with this title holds, or ""."""
    if len(title) > _LONGEST_TITLE:
        return ""
    plain = _DECORATION.sub("", _DECORATION.sub("", title)).rpartition("/")[2]
    for spelling in (title, plain, plain.replace("_", " "), plain.replace("-", " ")):
        if field := _FIELD_OF.get(names.fold(spelling)):
            return field
    return ""


def guess(titles: Sequence[str]) -> list[str]:
    """Return for each title which field its column holds, "" where that is not known.

    No field twice. Of two columns for one field the first has it. A running number is the place
    of an initiator only beside a column that tells initiators from the others.
    """
    meant = [field_of(title) for title in titles]
    bare = [column for column, title in enumerate(titles) if names.fold(title) in _BARE_NAMES]
    if meant.count("name") > len(bare) > 0:
        # Beside "Organisation name", "Name" is that of the person who filled in the form.
        for column in bare:
            meant[column] = "contact_name"
    fields: list[str] = []
    for field in meant:
        fields.append("" if field in fields else field)
    if "position" in fields and "section" not in fields:
        column = fields.index("position")
        if names.fold(titles[column]) in {"number", "no", "nr", "n", "numero", "رقم", "الرقم"}:
            fields[column] = ""
    return fields


@dataclass(frozen=True)
class Header:
    """The titles of a table's columns, and how many rows stand above the data."""

    titles: list[str]
    rows: int

    @property
    def is_known(self) -> bool:
        """Whether any title says what its column holds."""
        return any(map(field_of, self.titles))


def find(records: Sequence[Record], width: int) -> Header:
    """Return the header: the row among the first whose titles tell most.

    A heading over the whole table is passed over. A title that spans several columns, such as
    "Contact" above "Name" and "E-mail", belongs to those below it.
    """
    best, best_score = Header(_padded(records[0].cells, width), 1), 0
    for index, record in enumerate(records[:_ROWS_LOOKED_AT]):
        own = _padded(record.cells, width)
        spanned = _spanned(_padded(records[index - 1].cells, width), own) if index else own
        for titles in (own, spanned):
            known = {field for field in guess(titles) if field}
            score = 2 * len(known) + ("name" in known)
            if score > best_score:
                best, best_score = Header(titles, index + 1), score
    return best


def _padded(cells: Sequence[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]


def _spanned(above: list[str], below: list[str]) -> list[str]:
    titles, over = [], ""
    for upper, lower in zip(above, below, strict=True):
        over = upper or over
        titles.append(f"{over} {lower}".strip() if lower else upper)
    return titles
