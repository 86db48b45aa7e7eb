"""French letters, with what is to be recognised in them. All are invented."""

from tests.letter_text.letters import Expected, Written

FRENCH = [
    Written(
        "objet, demandes à tirets, formule longue",
        """
        Monsieur Étienne Marchal
        Ministre de l'Intérieur
        Place Beauvau
        75008 Paris

        Paris, le 1er mars 2023

        Objet : Fermeture du centre d'accueil de Saint-Aubin

        Monsieur le Ministre,

        Depuis le mois de janvier, quatre-vingts familles dorment dehors parce que le centre de Saint-Aubin a été fermé sans préavis.

        Nous vous demandons :

        - de rouvrir le centre sans délai ;
        - de loger les familles avec enfants ;
        - de recevoir les associations.

        Veuillez agréer, Monsieur le Ministre, l'expression de notre haute considération.

        Signataires :

        Toit pour tous
        Collectif Saint-Aubin
        Ligue des voisins
        """,
        Expected(
            language="fr",
            date="2023-03-01",
            place="Paris",
            title="Fermeture du centre d'accueil de Saint-Aubin",
            salutation="Monsieur le Ministre,",
            names=["Monsieur Étienne Marchal"],
            positions=["Ministre de l'Intérieur"],
            demands=3,
            first_demand="de rouvrir le centre sans délai",
            closing=(
                "Veuillez agréer, Monsieur le Ministre, l'expression de notre haute considération."
            ),
            signatories=["Toit pour tous", "Collectif Saint-Aubin", "Ligue des voisins"],
        ),
    ),
    Written(
        "la date à la fin, les pays entre parenthèses",
        """
        Lettre ouverte à la Présidente de la Commission des Grands Lacs

        Madame la Présidente,

        Les pêcheurs du lac ne peuvent plus vivre de leur métier depuis que les permis ont été vendus à trois sociétés étrangères.

        Nous appelons la Commission à :

        1. suspendre les permis ;
        2. publier les contrats ;
        3. consulter les communautés riveraines.

        Fait à Bujumbura, le 23 novembre 2022

        Les organisations signataires :

        Union des pêcheurs du lac (Burundi)
        Rive claire (RD Congo)
        Filets solidaires (Tanzanie)

        Copie à :
        Monsieur Jean Habimana, Secrétaire général de l'Autorité du lac
        """,
        Expected(
            language="fr",
            date="2022-11-23",
            place="Bujumbura",
            title="Lettre ouverte à la Présidente de la Commission des Grands Lacs",
            salutation="Madame la Présidente,",
            kinds=["copy"],
            names=["Monsieur Jean Habimana"],
            demands=3,
            last_demand="consulter les communautés riveraines.",
            signatories=["Union des pêcheurs du lac", "Rive claire", "Filets solidaires"],
            countries=["BI", "CD", "TZ"],
        ),
    ),
    Written(
        "premiers signataires séparés par des points-virgules",
        """
        Dakar, le 5 août 2020

        À l'attention de Madame Aïssatou Fall, Directrice de l'Office national de l'eau

        Madame la Directrice,

        L'eau est coupée douze heures par jour dans les quartiers de la corniche, et les factures ne cessent d'augmenter.

        C'est pourquoi nous exigeons :
        • le retour de l'eau dans tous les quartiers,
        • le gel des factures,
        • un audit public.

        Dans l'attente de votre réponse, nous vous prions d'agréer nos salutations distinguées.

        Premiers signataires : Eau pour la corniche ; Femmes debout ; Syndicat des locataires.
        """,
        Expected(
            language="fr",
            date="2020-08-05",
            place="Dakar",
            names=["Madame Aïssatou Fall"],
            kinds=["to"],
            demands=3,
            first_demand="le retour de l'eau dans tous les quartiers",
            signatories=["Eau pour la corniche", "Femmes debout", "Syndicat des locataires"],
        ),
    ),
    Written(
        "demandes en une phrase",
        """
        Bruxelles, le 14 juin 2019

        Chers collègues,

        Le règlement du port a été changé sans que les travailleurs aient été entendus, et deux accidents ont suivi.

        Nous vous demandons de retirer le règlement ; de réunir le comité de sécurité ; et d'indemniser les blessés.

        Cordialement,

        Les Dockers unis
        Sécurité au port
        """,
        Expected(
            language="fr",
            date="2019-06-14",
            place="Bruxelles",
            salutation="Chers collègues,",
            demands=3,
            closing="Cordialement,",
            signatories=["Les Dockers unis", "Sécurité au port"],
        ),
    ),
    Written(
        "deux formules de politesse, et des mots pour les nombres",
        """
        Lyon, le 12 mars 2026

        Madame Claire Fontaine
        Ministre de la Transition écologique
        Hôtel de Roquelaure
        75007 Paris

        Madame la Ministre,

        Depuis dix ans, l'usine de Rive déverse ses eaux dans le Gier, et les enfants de la vallée en sont malades.

        Nous vous demandons de :

        Premièrement, faire cesser les rejets ;
        Deuxièmement, publier les analyses.

        Dans l'attente de votre réponse, nous restons à votre disposition.

        Espérant être entendus, nous vous prions d'agréer, Madame la Ministre, nos salutations distinguées.

        Collectif Eau Claire
        Médecins de la vallée

        c.c. M. Paul Roy, préfet du Rhône
        """,
        Expected(
            date="2026-03-12",
            language="fr",
            place="Lyon",
            kinds=["to", "copy"],
            names=["Madame Claire Fontaine", "M. Paul Roy"],
            institutions=["", ""],
            demands=2,
            first_demand="faire cesser les rejets",
            in_body="Dans l'attente de votre réponse",
            closing="Espérant être entendus, nous vous prions d'agréer, Madame la Ministre, nos salutations distinguées.",
            signatories=["Collectif Eau Claire", "Médecins de la vallée"],
            unrecognised=[],
        ),
    ),
]
