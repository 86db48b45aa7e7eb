"""English letters, told apart by how they are addressed. All are invented."""

from tests.letter_text.letters import Expected, Written

ADDRESSED = [
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
        "labels as in a memorandum, and three addressees on one line",
        """
        To: President Maria Costa, Prime Minister Rui Reis and Speaker Ana Lobo
        From: The Free Waves Coalition
        Date: 7 August 2025
        Re: The closure of Radio Kwanda

        Your Excellencies,

        Radio Kwanda was closed by the police on 1 August. It was the last free station of the country.

        We call for the following:

        1. The reopening of the station
        2. An inquiry into the raid

        Signatories

        Free Waves Coalition
        Kwanda Listeners' Club

        Copy to:
        Ms Anna Lind, Secretary-General, Union of Stations
        The Permanent Representatives
        """,
        Expected(
            date="2025-08-07",
            title="The closure of Radio Kwanda",
            kinds=["to", "to", "to", "copy", "copy"],
            names=[
                "President Maria Costa",
                "Prime Minister Rui Reis",
                "Speaker Ana Lobo",
                "Ms Anna Lind",
                "",
            ],
            positions=["", "", "", "Secretary-General", "The Permanent Representatives"],
            demands=2,
            signatories=["Free Waves Coalition", "Kwanda Listeners' Club"],
            unrecognised=["From: The Free Waves Coalition"],
        ),
    ),
    Written(
        "a greeting and a farewell in another language",
        """
        Wellington, 9 July 2025

        Hon. Rangi Tau, Minister of Fisheries

        Tēnā koe Minister,

        Trawlers have scraped the sea floor of our gulf bare.

        We are asking you to do two things:

        1. Ban the trawlers.
        2. Give the gulf back to its guardians.

        Ngā mihi,

        Gulf Guardians
        Deep South Divers
        """,
        Expected(
            date="2025-07-09",
            place="Wellington",
            names=["Hon. Rangi Tau"],
            salutation="Tēnā koe Minister,",
            demands=2,
            closing="Ngā mihi,",
            signatories=["Gulf Guardians", "Deep South Divers"],
        ),
    ),
]
