"""English letters, told apart by how they are signed. All are invented."""

from tests.letter_text.letters import Expected, Written

SIGNED = [
    Written(
        "names behind Signed, with a country each",
        """
        Open letter to the Board of the Northern Development Bank

        2 September 2023

        To: The Board of Directors, Northern Development Bank
        cc: Ms Ingrid Halvorsen, Complaints Office

        Dear members of the Board,

        The undersigned organisations are alarmed by the plan to finance a coal terminal in the bay of Lamora. The bank has promised to end such loans.

        We therefore call on the Board to:
        (a) withdraw the loan;
        (b) publish the assessment of its consequences;
        (c) meet the fishing communities.

        Signed,

        Bay Watch Lamora, Indonesia
        Climate Justice Now, Philippines
        Lake and Sea, Norway
        Urgewind, Germany
        """,
        Expected(
            date="2023-09-02",
            title="Open letter to the Board of the Northern Development Bank",
            salutation="Dear members of the Board,",
            kinds=["to", "copy"],
            institutions=[
                "The Board of Directors\nNorthern Development Bank",
                "Complaints Office",
            ],
            demands=3,
            first_demand="withdraw the loan",
            signatories=["Bay Watch Lamora", "Climate Justice Now", "Lake and Sea", "Urgewind"],
            countries=["ID", "PH", "NO", "DE"],
        ),
    ),
    Written(
        "names in one sentence with commas",
        """
        1 June 2022

        Dear Minister Okoro,

        Journalists in our country are arrested for doing their work, and the new bill would make this worse.

        We ask you to:
        - drop the bill
        - release those who are held
        - invite the special rapporteur

        Respectfully,

        Signed by: Media Rights Network, Union of Radio Journalists, Free Word Society, Press Watch and Open Desk
        """,
        Expected(
            date="2022-06-01",
            salutation="Dear Minister Okoro,",
            demands=3,
            first_demand="drop the bill",
            closing="Respectfully,",
            signatories=[
                "Media Rights Network",
                "Union of Radio Journalists",
                "Free Word Society",
                "Press Watch",
                "Open Desk",
            ],
        ),
    ),
    Written(
        "names grouped under countries and regions",
        """
        JOINT OPEN LETTER: END THE BLOCKADE OF THE PORT OF MASIR

        To whom it may concern,

        For two hundred days no food has come through the port of Masir, and the hospitals are out of oxygen.

        We demand:
        • an immediate end of the blockade
        • safe passage for ambulances

        Signatories:

        International organisations
        Seafarers for Peace
        Bread and Salt

        Yemen
        Masir Relief Committee
        Coast Mothers' Union

        Oman
        Gulf Aid Society
        """,
        Expected(
            date=None,
            title="JOINT OPEN LETTER: END THE BLOCKADE OF THE PORT OF MASIR",
            salutation="To whom it may concern,",
            addressees=0,
            demands=2,
            signatories=[
                "Seafarers for Peace",
                "Bread and Salt",
                "Masir Relief Committee",
                "Coast Mothers' Union",
                "Gulf Aid Society",
            ],
            countries=["", "", "YE", "YE", "OM"],
        ),
    ),
    Written(
        "people sign for their organisations",
        """
        3 October 2020

        Dear Chancellor,

        Students have slept in the library since rents doubled. The university owns four empty houses.

        The university must:
        i. open the empty houses;
        ii. freeze rents in its halls;
        iii. talk to the students' union.

        In solidarity,

        Jane Doe, Chair, Students' Union
        Omar Haddad, Secretary, Tenants of Mill Road
        """,
        Expected(
            date="2020-10-03",
            salutation="Dear Chancellor,",
            demands=3,
            first_demand="open the empty houses",
            closing="In solidarity,",
            signatories=[
                "Jane Doe, Chair, Students' Union",
                "Omar Haddad, Secretary, Tenants of Mill Road",
            ],
        ),
    ),
    Written(
        "names in columns",
        """
        12 January 2019

        Dear Director,

        The archive of the miners' strike must not be sold. It belongs to those whose lives are written in it.

        We appeal to you to keep the archive in the valley, and to open it to everybody who wants to read in it.

        Kind regards,

        Miners' Wives        Valley Choir          Black Lamp Club
        Pit Head Museum      Friends of Rhos       Lodge No. 4
        """,
        Expected(
            date="2019-01-12",
            demands=0,
            closing="Kind regards,",
            signatories=[
                "Miners' Wives",
                "Valley Choir",
                "Black Lamp Club",
                "Pit Head Museum",
                "Friends of Rhos",
                "Lodge No. 4",
            ],
        ),
    ),
    Written(
        "names between the last demand and the copies, with nothing above them",
        """
        18 November 2025

        Dear Mayor Park,

        We write about the shelter on Pine Street, which you plan to close.

        We urge you to:
        – keep it open
        – meet those who sleep there

        Pine Street Neighbours – Ireland
        Homeless Voices – Malta

        cc. The Fairhaven Council
        cc. The Fairhaven Daily
        """,
        Expected(
            date="2025-11-18",
            demands=2,
            last_demand="meet those who sleep there",
            kinds=["copy", "copy"],
            signatories=["Pine Street Neighbours", "Homeless Voices"],
            countries=["IE", "MT"],
        ),
    ),
]
