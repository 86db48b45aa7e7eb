"""Single parts of letters, in the forms in which people write them."""

from datetime import date

import pytest

from signatures.dates import Order
from signatures.letter_text import datelines, lines
from signatures.letter_text.recognising import recognise


@pytest.mark.parametrize(
    ("text", "place", "day"),
    [
        ("23 November 2022", "", date(2022, 11, 23)),
        ("The Hague, 23 November 2022", "The Hague", date(2022, 11, 23)),
        ("Ramallah, November 23rd, 2022", "Ramallah", date(2022, 11, 23)),
        ("Wednesday 23 November 2022, Geneva", "Geneva", date(2022, 11, 23)),
        ("Date: 2022-11-23", "", date(2022, 11, 23)),
        ("Brussels, 23.11.2022", "Brussels", date(2022, 11, 23)),
        ("Fait à Paris, le 1er mars 2023", "Paris", date(2023, 3, 1)),
        ("Madrid, a 3 de diciembre de 2022", "Madrid", date(2022, 12, 3)),
        ("En la ciudad de México, a 5 de mayo de 2021", "México", date(2021, 5, 5)),
        ("A Coruña, 5 de mayo de 2021", "A Coruña", date(2021, 5, 5)),
        ("رام الله، 23 تشرين الثاني/نوفمبر 2022", "رام الله", date(2022, 11, 23)),
        ("القاهرة في ٢٣ نوفمبر ٢٠٢٢م", "القاهرة", date(2022, 11, 23)),
        ("بيروت، ٢٣ كانون الأول ٢٠٢٢", "بيروت", date(2022, 12, 23)),
    ],
)
def test_place_and_date_are_read(text: str, place: str, day: date) -> None:
    assert datelines.read(text) == datelines.Dateline(place, day)


@pytest.mark.parametrize(
    "text", ["On 22 October 2021 we met.", "Since 5 May 2020", "23 May", "31 February 2022", "1848"]
)
def test_other_lines_are_no_dates(text: str) -> None:
    assert datelines.read(text) is None


def test_which_number_is_the_day_has_to_be_known() -> None:
    assert datelines.read("03/11/2022") is None
    assert datelines.read("03/11/2022", Order.DAY_FIRST) == datelines.Dateline(
        "", date(2022, 11, 3)
    )


@pytest.mark.parametrize("written", ["03/11/2022", "November 2022"])
def test_a_date_that_is_not_clear_is_shown_as_not_understood(written: str) -> None:
    text = f"{written}\n\nDear all,\n\nWe write to you about the river and the mine beside it."
    [draft] = recognise(lines.of_text(text))

    assert (draft.dated, draft.addressees, draft.unrecognised) == (None, [], [written])


@pytest.mark.parametrize(
    "mark",
    [
        "1.",
        "1)",
        "(1)",
        "i.",
        "(a)",
        "a)",
        "•",
        "–",
        "-",
        "*",
        "١.",
        "٢)",
        "\uf0b7",
        "أ)",
        "1-",
        "1°)",
        "1.-",
        "I.",
        "A.",
        "Demand 1:",
        "Recommandation n° 2 :",
        "First,",
        "Primero:",
        "•\n",
        "1.\n",
        "1000.",
        "99999)",
    ],
)
def test_any_sign_begins_a_demand(mark: str) -> None:
    text = f"Dear all,\n\nWe urge you to:\n{mark} stop the mine;\n{mark} pay.\n"
    [draft] = recognise(lines.of_text(text))

    assert draft.demands == ["stop the mine", "pay."]


@pytest.mark.parametrize(
    ("listed", "names", "countries"),
    [
        ("Bay Watch, Kenya\nLake Choir, Oman", ["Bay Watch", "Lake Choir"], ["KE", "OM"]),
        ("Bay Watch (Kenya)\nLake Choir (UK)", ["Bay Watch", "Lake Choir"], ["KE", "GB"]),
        ("Bay Watch – Kenya\nLake Choir - Oman", ["Bay Watch", "Lake Choir"], ["KE", "OM"]),
        ("Bay Watch\tKenya\nLake Choir\tOman", ["Bay Watch", "Lake Choir"], ["KE", "OM"]),
        (
            "Bay Watch (UK)\nLake Choir\nSea",
            ["Bay Watch (UK)", "Lake Choir", "Sea"],
            ["GB", "", ""],
        ),
        ("Kenya:\n- Bay Watch\n- Sea", ["Bay Watch", "Sea"], ["KE", "KE"]),
        ("Kenya: Bay Watch; Sea\nOman: Lake Choir", ["Bay Watch", "Sea", "Lake Choir"], "KE KE OM"),
        (
            "Bay Watch\nPresidents Forum\nLake Choir",
            ["Bay Watch", "Presidents Forum", "Lake Choir"],
            ["", "", ""],
        ),
        (
            "Jane Doe\nDirector of Plans\nBay Watch",
            ["Jane Doe, Director of Plans, Bay Watch"],
            [""],
        ),
        ("Bay Watch | Kenya\nSea | Oman", ["Bay Watch", "Sea"], ["KE", "OM"]),
        ("Name;Country\nBay Watch;Kenya\nSea;Oman", ["Bay Watch", "Sea"], ["KE", "OM"]),
        (
            "Bay Watch, Sea, Lake,\nElm, Oak,\nAsh and Fir.",
            ["Bay Watch", "Sea", "Lake", "Elm", "Oak", "Ash", "Fir"],
            [""] * 7,
        ),
        ("Signed by Bay Watch, Sea, Lake and Elm.", ["Bay Watch", "Sea", "Lake", "Elm"], [""] * 4),
        ("Bay Watch (KE)\nLake Choir (OM)", ["Bay Watch", "Lake Choir"], ["KE", "OM"]),
        ("Bay Watch (KE)\nLake Choir\nSea", ["Bay Watch (KE)", "Lake Choir", "Sea"], ["", "", ""]),
        ("Organisation, Country\nBay Watch, Kenya\nSea, Oman", ["Bay Watch", "Sea"], ["KE", "OM"]),
        ("Organisation   Country\nBay Watch   Kenya", ["Bay Watch"], ["KE"]),
        (
            "Bay Watch (BW), Mombasa, Kenya\nLake Choir, Salalah, Oman",
            ["Bay Watch (BW), Mombasa", "Lake Choir, Salalah"],
            ["KE", "OM"],
        ),
        (
            "| # | Country | Organisation |\n|---|---|---|\n| 1 | Republic of Korea | Bay Watch |",
            ["Bay Watch"],
            ["KR"],
        ),
        ("350.org\nBay Watch", ["350.org", "Bay Watch"], ["", ""]),
        ("Bay Watch; Lake Choir; Sea.", ["Bay Watch", "Lake Choir", "Sea"], ["", "", ""]),
        ("| Name | Country |\n|---|---|\n| Bay Watch | Oman |", ["Bay Watch"], ["OM"]),
    ],
)
def test_names_are_read_however_they_are_listed(
    listed: str, names: list[str], countries: list[str] | str
) -> None:
    text = f"Dear all,\n\nThe river is dead, and the mine is still open.\n\nSigned,\n\n{listed}"
    [draft] = recognise(lines.of_text(text))

    assert [one.name for one in draft.signatories] == names
    assert [one.country for one in draft.signatories] == (
        countries.split() if isinstance(countries, str) else countries
    )
    assert draft.unrecognised == []


@pytest.mark.parametrize(
    ("block", "seen"),
    [
        ("Mayor Lisa Park\nCity of Fairhaven", [("Mayor Lisa Park", "")]),
        ("Chief Financial Officer\nDelta Oil plc", [("", "Chief Financial Officer")]),
        ("Ms Leila Haddad, UN Special Rapporteur on Privacy", [("Ms Leila Haddad", "UN Special Rapporteur on Privacy")]),
        ("To Karim Khan KC, Prosecutor of the Court", [("Karim Khan KC", "Prosecutor of the Court")]),
        ("Señora\nSusana Ríos\nMinistra de Ambiente", [("Señora Susana Ríos", "Ministra de Ambiente")]),
        ("Excelentísimo Señor\nPresidente del Congreso", [("", "Excelentísimo Señor Presidente del Congreso")]),
        ("Señores\nMinisterio de Salud", [("Señores", "")]),
        ("To: Mr Omar Said, Minister for Exports", [("Mr Omar Said", "Minister for Exports")]),
        ("To: Ms Ann Low, Mr Bo Ek and Dr Cy Orr", [("Ms Ann Low", ""), ("Mr Bo Ek", ""), ("Dr Cy Orr", "")]),
        ("To the Minister of Health and the Minister of Trade", [("", "Minister of Health"), ("", "the Minister of Trade")]),
        ("To: Ms Ann Low, Chair and General Secretary", [("Ms Ann Low", "Chair and General Secretary")]),
        ("To: Ms Ann Low, Minister of Health and Mr Bo Ek, Minister of Trade", [("Ms Ann Low", "Minister of Health"), ("Mr Bo Ek", "Minister of Trade")]),
        ("To the Members of the Council:", [("", "Members of the Council")]),
        ("Joy Lam, Director of Wind\nPaul Ek, Head of Sea", [("Joy Lam", "Director of Wind"), ("Paul Ek", "Head of Sea")]),
        ("FAO: Ms Joan Pearce, Head of Wind\nNorthsea plc", [("Ms Joan Pearce", "Head of Wind")]),
        ("Via electronic mail\n\nMs Joan Pearce", [("Ms Joan Pearce", "")]),
    ],
)  # fmt: skip
def test_who_is_addressed_is_read_as_name_and_office(
    block: str, seen: list[tuple[str, str]]
) -> None:
    text = f"{block}\n\nDear all,\n\nThe river is dead, and the mine is still open to this day."
    [draft] = recognise(lines.of_text(text))

    assert [(one.name, one.position) for one in draft.addressees] == seen


@pytest.mark.parametrize(
    "intro",
    [
        "We want to thank the following people:",
        "Nous souhaitons rappeler les faits suivants :",
        "Queremos expresar lo siguiente:",
        "نتوجه إليكم للتعبير عن قلقنا مما يلي:",
    ],
)
def test_who_only_wishes_to_say_something_demands_nothing(intro: str) -> None:
    text = f"Dear all,\n\nThe river is dead.\n\n{intro}\n- the water\n- the fish"
    [draft] = recognise(lines.of_text(text))

    assert not draft.demands
    assert draft.body[-1] == "- the water\n- the fish"


@pytest.mark.parametrize("label", ["Ref:", "Ref.:", "Réf. :", "Re:"])
def test_a_subject_may_be_called_a_reference(label: str) -> None:
    text = (
        f"{label} Law 12 on wells\nRef: W/12\n\nDear all,\n\nThe river is dead, and so is the sea."
    )
    [draft] = recognise(lines.of_text(text))

    assert draft.title == "Law 12 on wells"
    assert draft.unrecognised == ["Ref: W/12"]


def test_an_asterisk_alone_divides_paragraphs() -> None:
    text = "Dear all,\n\nThe river is dead.\n\n*\n\nThe mine is still open to this day."
    [draft] = recognise(lines.of_text(text))

    assert draft.body == ["The river is dead.", "The mine is still open to this day."]


def test_two_are_greeted_in_two_lines() -> None:
    greeting = "Dear President Ríos,\nDear Commissioner Ek,"
    text = f"Open letter on wells\n\nGeneva, 1 June 2023\n\n{greeting}\n\nThe river is dead."
    [draft] = recognise(lines.of_text(text))

    assert draft.salutation == greeting.replace("\n", " ")


@pytest.mark.parametrize(
    ("below", "text", "closing"),
    [
        ("Yours,", "", "Yours,"),
        ("Thank you,", "", "Thank you,"),
        ("Please accept, Madam, the assurances of our esteem.", "", "Please accept, Madam, the assurances of our esteem."),
        ("We remain at your side.\n\nWith respect,\nIn hope,", "We remain at your side.", "With respect, In hope,"),
        (
            "Comptant sur vous, nous vous adressons nos salutations amicales.",
            "",
            "Comptant sur vous, nous vous adressons nos salutations amicales.",
        ),
        ("Quedamos a su lado.\n\nAtentamente,", "Quedamos a su lado.", "Atentamente,"),
        ("Please accept this as our last word.\n\nBest,", "Please accept this as our last word.", "Best,"),
    ],
)  # fmt: skip
def test_a_letter_is_closed_in_one_way_or_another(below: str, text: str, closing: str) -> None:
    written = f"Dear all,\n\nThe river is dead, and the mine is open.\n\n{below}\n\nBay Watch\nSea"
    [draft] = recognise(lines.of_text(written))

    assert (draft.closing, draft.body[1:]) == (closing, [text] if text else [])
    assert [one.name for one in draft.signatories] == ["Bay Watch", "Sea"]


def test_a_numbered_list_goes_on_behind_a_paragraph() -> None:
    asked = "We call on you to:\n\n1. Stop the mine.\n\nNow.\n\n2. Pay.\n\nWe call on the Council to:\n\n3. Help."
    text = f"Dear all,\n\nThe river is dead, and the mine is open.\n\n{asked}\n\nWe stay here."
    [draft] = recognise(lines.of_text(text))

    assert draft.demands == ["Stop the mine. Now.", "Pay.", "Help."]
    assert draft.unrecognised == ["We call on the Council to:"]
    assert draft.body[-1] == "We stay here."


def test_the_undersigned_may_stand_above_what_they_ask() -> None:
    asked = "The undersigned organisations hereby:\n1. ask for an inquiry;\n2. ask for a meeting."
    text = f"Dear all,\n\nThe river is dead, and the mine is open.\n\n{asked}\n\nSincerely,\n\nSea\nElm"
    [draft] = recognise(lines.of_text(text))

    assert draft.demands == ["ask for an inquiry", "ask for a meeting."]
    assert [one.name for one in draft.signatories] == ["Sea", "Elm"]


def test_each_of_those_who_are_asked_has_a_list() -> None:
    asked = "We recommend:\n\nTo the Council:\n- stop the mine\n\nTo the mine:\n- pay"
    text = f"Dear all,\n\nThe river is dead, and the mine is open.\n\n{asked}\n\nYours,"
    [draft] = recognise(lines.of_text(text))

    assert draft.demands == ["stop the mine", "pay"]
    assert (draft.body[-1], draft.demands_intro) == ("We recommend:", "To the Council:")
    assert draft.unrecognised == ["To the mine:"]


@pytest.mark.parametrize(
    ("above", "below", "left"),
    [
        ("", "Signed by our friends:\n\nBay Watch\nSea", ["Signed by our friends:"]),
        ("", "Bay Watch\nSea\n\nKenya:", ["Kenya:"]),
        ("3 May 2021\n\n", "Bay Watch\nSea\n\nNice, 4 May 2021", ["Nice, 4 May 2021"]),
        ("Place: Rome\nNice, 3 May 2021\n\n", "Bay Watch", ["Nice"]),
    ],
)
def test_labels_and_headings_that_say_more_are_not_understood(
    above: str, below: str, left: list[str]
) -> None:
    said = "Dear all,\n\nThe river is dead, and the mine is open."
    [draft] = recognise(lines.of_text(f"{above}{said}\n\nSincerely,\n\n{below}"))

    assert draft.unrecognised == left


def test_a_sentence_about_those_who_sign_is_text() -> None:
    said = "The undersigned organisations welcome the ruling: it helps children, and we thank you."
    text = f"Dear all,\n\nThe court has spoken about the mine.\n\n{said}\n\nSincerely,\nSea Choir"
    [draft] = recognise(lines.of_text(text))

    assert draft.body[1] == said
    assert [one.name for one in draft.signatories] == ["Sea Choir"]
