"""English letters, told apart by how they ask. All are invented."""

from tests.letter_text.letters import Expected, Written

ASKING = [
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
        "sections that argue, and demands in the words of a speech",
        """
        15th of November 2024

        Open letter on Bill 99

        Dear Prime Minister,

        1. The bill forbids assemblies

        Three people who meet without a permit commit an offence under it. No other law of ours says so.

        2. The bill has no judge

        A minister alone decides which group is listed.

        We ask you to act. First, withdraw the bill. Second, hear the unions; and third, repeal the decree. Nothing less will do.

        Respectfully submitted,

        Assembly Rights Forum
        Protest Law Clinic
        """,
        Expected(
            date="2024-11-15",
            title="Open letter on Bill 99",
            demands=3,
            first_demand="withdraw the bill",
            last_demand="repeal the decree",
            in_body="Nothing less will do.",
            closing="Respectfully submitted,",
            signatories=["Assembly Rights Forum", "Protest Law Clinic"],
            unrecognised=[],
        ),
    ),
    Written(
        "headings in the text, and demands under Roman numbers",
        """
        Statement on the price of medicine

        17 April 2025

        Background:

        Our clinics waited fourteen months for a drug that costs two dollars to make.

        What the law says:

        A state may make such a drug itself when lives are in danger.

        Therefore the undersigned call on the Forum to:

        I. Waive patents in an epidemic
        II. Share what is known

        Yours,

        Health for All
        Village Clinics
        """,
        Expected(
            date="2025-04-17",
            title="Statement on the price of medicine",
            salutation="",
            in_body="Background:",
            demands=2,
            first_demand="Waive patents in an epidemic",
            closing="Yours,",
            signatories=["Health for All", "Village Clinics"],
            unrecognised=[],
        ),
    ),
]
