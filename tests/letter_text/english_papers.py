"""English letters, told apart by how they are laid out. All are invented."""

from tests.letter_text.letters import Expected, Written

PAPERS = [
    Written(
        "lines broken at the margin",
        """
        The Hague, 8 July 2022

        Mr Adrian Voss
        Registrar
        Special Tribunal for the Lakes
        Kade 4
        The Hague, The Netherlands

        Dear Mr Voss,

        We write on behalf of families who have been waiting for eleven years to
        hear what became of their sons. The tribunal has closed its field office
        in the lake district, and nobody answers the telephone any more there.

        Therefore, we ask the Registry to:

        - reopen the field office, if only for three days in the week, so that
          families who live far from the capital can be heard in person;
        - answer letters within a month;
        - translate the judgment into the two languages that are spoken on the
          islands.

        Yours sincerely,

        Lake Families' Association
        Justice on the Shore
        """,
        Expected(
            date="2022-07-08",
            place="The Hague",
            names=["Mr Adrian Voss"],
            positions=["Registrar"],
            institutions=["Special Tribunal for the Lakes"],
            demands=3,
            first_demand=(
                "reopen the field office, if only for three days in the week, so that"
                " families who live far from the capital can be heard in person"
            ),
            signatories=["Lake Families' Association", "Justice on the Shore"],
            paragraphs=1,
        ),
    ),
    Written(
        "Markdown with headings and bold labels",
        """
        # Open Letter: Free the Harbour Nine

        **Date:** 4 February 2025

        **To:** The Attorney General of Belmar

        Dear Attorney General,

        Nine dockers have been in prison for a year without a trial, because they called a strike in the harbour.

        ## Our demands

        1. Drop the charges against all nine
        2. Return their passports
        3. Investigate the beatings of 3 March

        ## Signatories

        * Dockers' International (Belgium)
        * Harbour Choir (Belmar)
        * Strike Fund (UK)
        * Law for Labour
        * Women of the Quay
        """,
        Expected(
            date="2025-02-04",
            title="Open Letter: Free the Harbour Nine",
            positions=["The Attorney General of Belmar"],
            demands=3,
            first_demand="Drop the charges against all nine",
            signatories=[
                "Dockers' International (Belgium)",
                "Harbour Choir (Belmar)",
                "Strike Fund (UK)",
                "Law for Labour",
                "Women of the Quay",
            ],
            countries=["BE", "", "GB", "", ""],
        ),
    ),
    Written(
        "two letters, and one list for both",
        """
        Letter 1

        6 April 2023

        Dear Prime Minister,

        The river is dead from the dam to the sea, and the mine goes on pouring its waste into it each night.

        We call on you to:
        1. stop the mine
        2. clean the river

        Yours sincerely,

        ---

        Letter 2

        6 April 2023

        Dear Chief Executive,

        Your mine pours its waste into our river each night, and your guards turn away those who want to see it.

        We call on your company to:
        1. stop the discharge
        2. publish what was discharged
        3. pay for the damage

        Yours sincerely,

        Signatories to both letters:

        River Keepers
        Mine Watch
        Sons and Daughters of the Delta
        """,
        Expected(
            date="2023-04-06",
            salutation="Dear Prime Minister,",
            demands=2,
            signatories=["River Keepers", "Mine Watch", "Sons and Daughters of the Delta"],
        ),
        Expected(
            date="2023-04-06",
            salutation="Dear Chief Executive,",
            demands=3,
            signatories=["River Keepers", "Mine Watch", "Sons and Daughters of the Delta"],
        ),
    ),
    Written(
        "nobody signs and nothing is asked",
        """
        11 November 2011

        Dear friends,

        We have heard of the fire in your house, and we are with you in these days. What we have is yours.

        Warm regards,
        """,
        Expected(date="2011-11-11", salutation="Dear friends,", demands=0, signatories=[]),
    ),
    Written(
        "a statement without salutation and closing",
        """
        Joint Statement on the Arrest of Teachers in Qadira

        Amman, 9 December 2021

        We, the undersigned organisations, condemn the arrest of forty teachers in Qadira on the first day of their strike.

        Teachers have a right to strike. The government should:

        – release all forty teachers;
        – resume the talks on their pay;
        – let the union open its doors again.

        The undersigned:

        Teachers Without Walls (Jordan)
        Chalk and Board (Lebanon)
        Free School Movement (Tunisia)

        Contact: press@example.org
        """,
        Expected(
            date="2021-12-09",
            place="Amman",
            title="Joint Statement on the Arrest of Teachers in Qadira",
            salutation="",
            demands=3,
            last_demand="let the union open its doors again.",
            signatories=["Teachers Without Walls", "Chalk and Board", "Free School Movement"],
            countries=["JO", "LB", "TN"],
            unrecognised=["Contact: press@example.org"],
        ),
    ),
    Written(
        "copied from a PDF, with the numbers of its pages and notes",
        """
        Open Letter

        1

        Bern, 14 June 2024

        Concerns: Deportations to Marania

        Dear Mr. Brun

        Ninety people were sent back to Marania since January.[1] Eleven of them were arrested.

        – 2 –

        We call on the Department to:

        1. halt all deportations
        Page 3 of 4
        2. ask for those who disappeared

        Kind regards,

        Asylum Bern
        Open Houses
        4

        [1] Marania, a Report, 2024.
        """,
        Expected(
            date="2024-06-14",
            place="Bern",
            title="Deportations to Marania",
            salutation="Dear Mr. Brun",
            demands=2,
            last_demand="ask for those who disappeared",
            signatories=["Asylum Bern", "Open Houses"],
            unrecognised=[
                "1",
                "– 2 –",
                "Page 3 of 4",
                "4",
                "Open Letter",
                "[1] Marania, a Report, 2024.",
            ],
        ),
    ),
    Written(
        "a statement whose text begins behind place and date",
        """
        # Free the Sena Five

        _Joint statement_

        Accra, 2 April 2025 – Fifty organisations call for the release of five activists who were arrested in Sena.

        We call on the authorities to:

        •
        release them
        •
        drop the charges

        Signed:

        - [Accra Law Group](https://accra.example) (Ghana)
        - Lome Libre, https://lome.example (Togo)
        """,
        Expected(
            date="2025-04-02",
            place="Accra",
            title="Free the Sena Five",
            in_body="Fifty organisations call for the release",
            demands=2,
            first_demand="release them",
            signatories=["Accra Law Group", "Lome Libre"],
            countries=["GH", "TG"],
            unrecognised=["Joint statement", "https://accra.example", "https://lome.example"],
        ),
    ),
    Written(
        "lines that only happen to be equally long",
        """
        6 June 2025

        An open letter to members of the Grand Committee

        Dear members,

        You will vote on Tuesday on the bill of the cameras.

        We demand:

        that faces be counted nowhere in public places;
        that each search be ordered by some judge;
        that those who were watched be told.

        In solidarity

        Privacy Now
        Right to Walk
        """,
        Expected(
            date="2025-06-06",
            demands=3,
            first_demand="that faces be counted nowhere in public places",
            signatories=["Privacy Now", "Right to Walk"],
        ),
    ),
    Written(
        "letters that are numbered, each with its names",
        """
        LETTER 1

        1 March 2025

        Dear Governor,

        The road to the clinic has been cut for two years.

        We ask you to:
        1. repair the road
        2. buy an ambulance

        Yours faithfully,
        Clinic Friends

        LETTER 2

        2 March 2025

        Dear Minister,

        The clinic of the province has no medicine at all.

        We ask you to:
        1. send medicine
        2. send a doctor

        Yours faithfully,
        Clinic Friends
        Nurses' Union
        """,
        Expected(
            date="2025-03-01",
            title="LETTER 1",
            demands=2,
            signatories=["Clinic Friends"],
        ),
        Expected(
            date="2025-03-02",
            title="LETTER 2",
            demands=2,
            signatories=["Clinic Friends", "Nurses' Union"],
        ),
    ),
]
