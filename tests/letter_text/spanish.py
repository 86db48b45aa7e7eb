"""Spanish letters, with what is to be recognised in them. All are invented."""

from tests.letter_text.letters import Expected, Written

SPANISH = [
    Written(
        "fecha con lugar, demandas numeradas",
        """
        Madrid, a 3 de diciembre de 2022

        Excma. Sra. Dña. Lucía Montero
        Ministra de Justicia
        Ministerio de Justicia
        Calle de San Bernardo, 45
        28015 Madrid

        Asunto: Exhumación de la fosa de Valdehierro

        Estimada Sra. Ministra:

        Las familias de Valdehierro esperan desde hace ochenta años, y los últimos testigos tienen más de noventa.

        Por todo ello, le pedimos que:

        1. Autorice la exhumación antes del verano.
        2. Financie las pruebas de ADN.
        3. Reciba a las familias.

        Atentamente,

        Organizaciones firmantes:

        Asociación Memoria de Valdehierro
        Nietos y Nietas
        Foro por la Verdad
        """,
        Expected(
            language="es",
            date="2022-12-03",
            place="Madrid",
            title="Exhumación de la fosa de Valdehierro",
            salutation="Estimada Sra. Ministra:",
            positions=["Ministra de Justicia"],
            institutions=["Ministerio de Justicia"],
            demands=3,
            first_demand="Autorice la exhumación antes del verano.",
            closing="Atentamente,",
            signatories=[
                "Asociación Memoria de Valdehierro",
                "Nietos y Nietas",
                "Foro por la Verdad",
            ],
        ),
    ),
    Written(
        "exigimos, y países detrás de un guion",
        """
        CARTA ABIERTA AL SECRETARIO GENERAL DE LA ORGANIZACIÓN ANDINA

        23 de noviembre de 2022

        Señor Secretario General:

        Los ríos de nuestra tierra bajan rojos de mercurio, y los niños de tres valles están enfermos desde hace un año.

        Exigimos:
        – el cierre inmediato de las minas ilegales;
        – agua limpia para los tres valles;
        – atención médica gratuita.

        Sin otro particular, le saludamos cordialmente.

        Firman:

        Guardianes del Río – Perú
        Mujeres del Valle – Bolivia
        Aire y Agua – Ecuador

        Con copia a: Defensoría del Pueblo
        """,
        Expected(
            language="es",
            date="2022-11-23",
            title="CARTA ABIERTA AL SECRETARIO GENERAL DE LA ORGANIZACIÓN ANDINA",
            salutation="Señor Secretario General:",
            kinds=["copy"],
            demands=3,
            first_demand="el cierre inmediato de las minas ilegales",
            closing="Sin otro particular, le saludamos cordialmente.",
            signatories=["Guardianes del Río", "Mujeres del Valle", "Aire y Agua"],
            countries=["PE", "BO", "EC"],
        ),
    ),
    Written(
        "a quien corresponda, nombres con comas",
        """
        A quien corresponda:

        La escuela de la colonia Las Flores lleva dos años sin techo, y las clases se dan bajo los árboles.

        Solicitamos:
        a) que se repare el techo,
        b) que se pague a los maestros,
        c) que se abra el comedor.

        Cordialmente,

        Firmado por: Madres de Las Flores, Unión de Maestros, Barrio Vivo y Casa Común

        Ciudad Jardín, 7 de enero de 2021
        """,
        Expected(
            language="es",
            date="2021-01-07",
            place="Ciudad Jardín",
            salutation="A quien corresponda:",
            demands=3,
            first_demand="que se repare el techo",
            signatories=["Madres de Las Flores", "Unión de Maestros", "Barrio Vivo", "Casa Común"],
        ),
    ),
    Written(
        "cargos encima de los nombres, y peticiones con ordinales",
        """
        Ciudad de México, a 2 de octubre de 2025

        Sra. Presidenta de la Asamblea Legislativa
        Dra. Marta Solís

        Sr. Ministro de Ambiente
        Ing. Pablo Rojas

        De nuestra consideración:

        El manglar de Tárcoles se seca desde que se abrió la carretera por el medio.

        Por ello, exhortamos al Gobierno a:

        PRIMERO. Proteger el manglar.
        SEGUNDO. Detener la carretera.

        Quedamos a su disposición.

        Atentamente

        Manglar Vivo, A.C.
        Escuela del Mar
        """,
        Expected(
            date="2025-10-02",
            language="es",
            place="Ciudad de México",
            salutation="De nuestra consideración:",
            names=["Dra. Marta Solís", "Ing. Pablo Rojas"],
            positions=["Sra. Presidenta de la Asamblea Legislativa", "Sr. Ministro de Ambiente"],
            demands=2,
            first_demand="Proteger el manglar.",
            in_body="Quedamos a su disposición.",
            closing="Atentamente",
            signatories=["Manglar Vivo, A.C.", "Escuela del Mar"],
            unrecognised=[],
        ),
    ),
]
