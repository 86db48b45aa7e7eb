"""English letters of many shapes, with what is to be recognised in them. All are invented."""

from tests.letter_text.letters import Expected, Written

ENGLISH = [
    Written(
        "numbered demands behind a full address block",
        """
        Nairobi, 14 March 2024

        H.E. Amina Wanjiru
        Cabinet Secretary for Water
        Ministry of Water and Irrigation
        P.O. Box 49720
        Nairobi, Kenya

        Re: Clean water for the lower Tana

        Your Excellency,

        We write as organisations that work along the lower Tana River, where three dams have left villages without water since last year.

        We urge you to:

        1. Publish the water levels of all three dams every week;
        2. Open the sluices during the months of drought;
        3. Compensate the families who lost their harvest.

        We stand ready to meet you at any time.

        Yours faithfully,

        Tana River Forum
        Green Delta Initiative
        Women for Water
        """,
        Expected(
            date="2024-03-14",
            place="Nairobi",
            title="Clean water for the lower Tana",
            salutation="Your Excellency,",
            names=["H.E. Amina Wanjiru"],
            positions=["Cabinet Secretary for Water"],
            institutions=["Ministry of Water and Irrigation"],
            demands=3,
            first_demand="Publish the water levels of all three dams every week",
            closing="Yours faithfully,",
            signatories=["Tana River Forum", "Green Delta Initiative", "Women for Water"],
        ),
    ),
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
        "one sentence with semicolons asks for everything",
        """
        Geneva, November 23rd, 2022

        To the High Commissioner for Refugees

        Dear High Commissioner,

        We are writing about the camp at Sarmin, where winter has come early this year and tents do not hold.

        For these reasons we urge your Office to replace the tents before December; to open a second clinic; and to register the families who arrived in October.

        With respect,

        Endorsed by:
        1. Doctors of the Plain
        2. Shelter for All
        3. Sarmin Women's Committee
        """,
        Expected(
            date="2022-11-23",
            place="Geneva",
            salutation="Dear High Commissioner,",
            positions=["High Commissioner for Refugees"],
            demands=3,
            first_demand="replace the tents before December",
            closing="With respect,",
            signatories=["Doctors of the Plain", "Shelter for All", "Sarmin Women's Committee"],
        ),
    ),
    Written(
        "demands are paragraphs without any sign",
        """
        London, 5 May 2021

        Rt Hon. Margaret Ashdown MP
        Secretary of State for Housing
        2 Marsham Lane
        London SW1P 4DF

        Dear Secretary of State,

        Thousands of tenants still live behind flammable walls four years after the fire at Elm Court.

        We call on the Government to:

        Remove dangerous cladding from every building by the end of the year;

        Pay for the work in full, without charging leaseholders;

        Publish a list of all buildings that are affected.

        We would welcome a meeting with you and your officials.

        Yours sincerely,

        Elm Court Residents' Association
        Tenants Together
        """,
        Expected(
            date="2021-05-05",
            place="London",
            names=["Rt Hon. Margaret Ashdown MP"],
            positions=["Secretary of State for Housing"],
            demands=3,
            first_demand="Remove dangerous cladding from every building by the end of the year",
            last_demand="Publish a list of all buildings that are affected.",
            signatories=["Elm Court Residents' Association", "Tenants Together"],
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
        "several addressees in blocks, and copies below",
        """
        23/11/2022

        Mr. Paulo Ferreira
        President of the Council
        Union of Coastal States
        Rue de la Mer 12
        1000 Brussels

        Ms. Helena Kask
        Commissioner for Fisheries
        Union of Coastal States

        Subject: Stop the trawlers off the Banc d'Arguin

        Dear Mr. Ferreira, dear Ms. Kask,

        Fishers of our coast go out every night and come home with empty nets, for foreign trawlers have taken what there was.

        We request that the Union:
        1) end the licences of trawlers above 40 metres;
        2) pay for an observer on every ship;

        Thank you for your attention to this matter.

        Sincerely,

        Artisanal Fishers' League
        Sea Commons

        CC: Ms. Rosa Blum, European Parliament
        Mr. Tom Adeyemi, Food and Agriculture Office
        """,
        Expected(
            date="2022-11-23",
            title="Stop the trawlers off the Banc d'Arguin",
            kinds=["to", "to", "copy", "copy"],
            names=["Mr. Paulo Ferreira", "Ms. Helena Kask", "Ms. Rosa Blum", "Mr. Tom Adeyemi"],
            demands=2,
            closing="Sincerely,",
            signatories=["Artisanal Fishers' League", "Sea Commons"],
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
        "a list in the text that asks for nothing",
        """
        17 August 2018

        Dear Governor,

        Since January the police have:
        - closed eleven markets,
        - fined four hundred traders,
        - taken away the goods of sixty women.

        Street trade feeds our city, and nobody has been offered another place to sell.

        We call upon you to:
        - reopen the markets
        - return the goods

        Yours truly,
        Market Women's Union
        Pavement Traders' Forum
        """,
        Expected(
            date="2018-08-17",
            demands=2,
            first_demand="reopen the markets",
            in_body="closed eleven markets",
            signatories=["Market Women's Union", "Pavement Traders' Forum"],
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
]
