"""The words by which the parts of a letter are known, in the languages of the interface.

All are compared as names.fold() leaves them: without accents, case and punctuation.
"""

from signatures import names

_MOST_WORDS = 8
"""Words of the longest phrase."""


def _phrases(text: str) -> tuple[str, ...]:
    """Return what stands between the semicolons; a blank behind, so that words are whole."""
    folded = (names.fold(phrase) for phrase in text.split(";"))
    return tuple(dict.fromkeys(f"{phrase} " for phrase in folded if phrase))


def begins(folded: str, phrases: tuple[str, ...]) -> bool:
    """Whether a folded text begins with one of the phrases."""
    return f"{folded} ".startswith(phrases)


def holds(folded: str, phrases: tuple[str, ...]) -> bool:
    """Whether a folded text has one of the phrases in it."""
    inside = f" {folded} "
    return any(f" {phrase}" in inside for phrase in phrases)


def longest(folded: str, phrases: tuple[str, ...]) -> str:
    """Return the longest phrase a folded text begins with, or ""."""
    if not begins(folded, phrases):
        return ""
    words, known = folded.split()[:_MOST_WORDS], frozenset(phrases)
    found = (" ".join(words[:count]) for count in range(len(words), 0, -1))
    return next((phrase for phrase in found if f"{phrase} " in known), "")


SALUTATIONS = _phrases(
    "dear; to whom it may concern; your excellency; your excellencies; excellency; excellencies; "
    "your honour; your honor; your holiness; your majesty; your highness; your royal highness; "
    "respected sir; respected madam; sir; madam; sirs; sir or madam; ladies and gentlemen; hello; "
    "greetings; cher; chere; chers; cheres; excellence; excellences; votre excellence; mesdames; "
    "vos excellences; a qui de droit; mesdames messieurs; mesdames et messieurs; madame monsieur; "
    "estimado; estimada; estimados; estimadas; distinguido; distinguida; distinguidos; "
    "distinguidas; muy senor mio; muy senora mia; muy senores mios; muy senoras mias; respetado; "
    "respetada; respetados; excelencia; excelencias; su excelencia; vuestra excelencia; "
    "vuestras excelencias; sus excelencias; a quien corresponda; a quien pueda interesar; "
    "de nuestra consideracion; de mi consideracion; de nuestra mayor consideracion; "
    "de mi mayor consideracion; querido; querida; queridos; senoras y senores; apreciado; "
    "apreciada; apreciados; تحية طيبة; تحية طيبة وبعد; تحية وبعد; تحية تقدير; السلام عليكم; "
    "الى من يهمه الأمر; إلى من يهمه الأمر; أصحاب السعادة; أصحاب المعالي; صاحب السعادة; "
    "صاحبة السعادة; عزيزي; عزيزتي; أعزائي"
)
"""With which a salutation begins, whatever follows."""

HONORIFICS = _phrases(
    "mr; mrs; ms; miss; mx; dr; prof; professor; sir; lord; lady; madam; dame; judge; justice; "
    "rev; his excellency; her excellency; their excellencies; h e; he mr; he ms; hon; the hon; "
    "honourable; honorable; the honourable; the honorable; the right honourable; rt hon; "
    "the rt hon; sen; rep; general; m; mm; mme; mmes; mlle; me; monsieur; madame; messieurs; "
    "mesdames; son excellence; s e; se m; se mme; docteur; maitre; sr; sra; sres; sras; senor; "
    "senora; senores; senoras; dra; prof dra; ing; lic; arq; abg; don; dona; d; excmo; excma; "
    "excmo sr; excma sra; excelentisimo; excelentisima; ilmo; ilma; su excelencia; السيد; السيدة; "
    "السادة; السيدات; سعادة; معالي; فخامة; دولة; حضرة; سيادة; الدكتور; الدكتورة; د; الأستاذ; "
    "الأستاذة; القاضي; القاضية; المحامي; صاحب الفخامة; صاحب الجلالة; جلالة; سمو"
)

POSITIONS = _phrases(
    "president; presidents; presidency; minister; ministers; premier; prosecutor; secretary; "
    "director; commissioner; commissioners; administrator; administrators; superintendent; dean; "
    "principal; provost; officer; officers; trustees; counsel; councillor; councillors; sheriff; "
    "inspector; ambassador; ambassadors; chair; chairs; chairperson; chairman; chairwoman; head; "
    "heads; chief; rapporteur; governor; mayor; speaker; chancellor; coordinator; representative; "
    "representatives; ceo; judge; registrar; king; pope; senator; senators; deputy; delegate; "
    "delegates; envoy; member; members; undersecretary; comisionado; comisionada; attorney; "
    "ombudsman; rector; presidente; presidenta; presidentes; ministre; ministres; premiere; "
    "procureur; procureure; secretaire; directeur; directrice; commissaire; ambassadeur; "
    "ambassadrice; maire; chef; cheffe; depute; deputee; deputes; rapporteuse; prefet; prefete; "
    "coordinateur; gouverneur; senateur; ministro; ministra; ministros; fiscal; secretario; "
    "secretaria; directora; comisario; comisaria; embajador; embajadora; alcalde; alcaldesa; "
    "jefe; jefa; relator; relatora; canciller; gobernador; gobernadora; presidencia; defensor; "
    "defensora; coordinadora; representante; defenseur; defenseure; administrateur; "
    "administratrice; conseiller; conseillere; conseillers; senatrice; gouverneure; presidents; "
    "doyen; doyenne; consejero; consejera; diputado; diputada; diputados; senador; senadora; "
    "rectora; procurador; procuradora; magistrado; magistrada; intendente; gerente; "
    "administrador; administradora; والي; الوالي; عمدة; النائب; النواب; أمير; ملك; رئيس; رئيسة; "
    "الرئيس; الرئيسة; وزير; وزيرة; الوزير; الوزيرة; المدعي; المدعية; الأمين; الأمينة; أمين; مدير; "
    "مديرة; المدير; المديرة; المفوض; المفوضة; مفوض; السفير; السفيرة; سفير; سفيرة; المقرر; "
    "المقررة; مقرر; مقررة; ممثل; ممثلة; الممثل; الممثلة; محافظ; نائب; نائبة; منسق; منسقة; المنسق; "
    "عميد; أعضاء; رؤساء; رئاسة"
)

INSTITUTIONS = _phrases(
    "court; office; ministry; department; commission; council; parliament; government; assembly; "
    "union; nations; un; embassy; secretariat; committee; university; bank; company; agency; "
    "organisation; organization; senate; congress; house; foundation; institute; authority; inc; "
    "ltd; gmbh; group; corporation; mission; delegation; headquarters; federation; bureau; "
    "association; international; european; tribunal; cabinet; board; directorate; service; plc; "
    "sa; ag; cour; ministere; parlement; gouvernement; assemblee; comite; universite; banque; "
    "agence; senat; commissariat; palais; prefecture; mairie; conseil; ambassade; societe; "
    "institut; corte; oficina; ministerio; comision; consejo; parlamento; gobierno; asamblea; "
    "naciones; embajada; universidad; banco; agencia; organizacion; senado; congreso; palacio; "
    "fiscalia; junta; ayuntamiento; empresa; instituto; fundacion; relatoria; republic; kingdom; "
    "republique; royaume; republica; reino; جمهورية; المملكة; المحكمة; محكمة; مكتب; وزارة; "
    "المفوضية; مفوضية; مجلس; المجلس; البرلمان; برلمان; حكومة; الحكومة; جمعية; الجمعية; الأمم; "
    "الاتحاد; اتحاد; سفارة; السفارة; اللجنة; لجنة; جامعة; منظمة; المنظمة; هيئة; الهيئة; أمانة; "
    "الأمانة; مؤسسة; شركة; بنك; ديوان; بعثة; وكالة"
)

QUALIFIERS = _phrases(
    "permanent; senior; assistant; interim; former; high; special; prime; vice; state; executive; "
    "managing; acting; honorary; haut; haute; alto; alta"
)
"""Words before an office that belong to it."""

POSTAL = _phrases(
    "street; avenue; road; rue; boulevard; bd; place; square; calle; plaza; avenida; paseo; "
    "po box; p o box; hotel; bp; boite postale; apartado; cedex; platz; strasse; via; lane; "
    "drive; building; floor; zip; postal code; code postal; email; e mail; fax; tel; telephone; "
    "by email; via email; شارع; ص ب; صندوق بريد; ميدان; بريد; هاتف; فاكس; طريق"
)

ARTICLES = _phrases("the; le; la; les; l; el; los; las; his; her; their; a; to; al; au; aux")

TO = _phrases(
    "to; attn; att; attention; fao; for the attention of; addressed to; addressees; addressee; "
    "a l attention de; a lattention de; a; destinataire; destinataires; para; a la atencion de; "
    "destinatario; destinatarios; dirigida a; adressee a; إلى; الى; إلى السيد; لعناية; عناية; "
    "المرسل إليه; موجهة إلى"
)

FROM = _phrases(
    "from; sender; our ref; your ref; ref; de; de la part de; expediteur; remitente; n ref; من; "
    "المرسل; الرقم المرجعي"
)
"""Labels of lines about those who write, and about their papers."""

COPY = _phrases(
    "cc; c c; bcc; copy to; copies to; copy; copies; with copy to; with copies to; "
    "with a copy to; copied to; cc d; carbon copy; copie a; copies a; copie; "
    "copie pour information; ampliation; ampliations; avec copie a; en copie; con copia a; "
    "con copia; copia a; copia; copias a; copia para; نسخة إلى; نسخة الى; نسخ إلى; نسخة; "
    "صورة إلى; صورة الى; صورة مع التحية إلى; نسخة مع التحية إلى; نسخة لكل من"
)

SUBJECT = _phrases(
    "re; in re; subject; subject matter; concerns; objet; sujet; concerne; concerning; regarding; "
    "asunto; ref asunto; ref; referencia; betreff; الموضوع; موضوع; بشأن"
)

REFERENCE = _phrases("ref; referencia")
"""Labels of a subject, or of a number under which papers are filed."""

TITLES = _phrases(
    "open letter; an open letter; joint letter; joint open letter; public letter; "
    "joint statement; joint appeal; joint civil society letter; joint ngo letter; "
    "civil society letter; urgent appeal; lettre ouverte; lettre commune; lettre conjointe; "
    "appel; carta abierta; carta conjunta; carta publica; comunicado; llamamiento; رسالة مفتوحة; "
    "رسالة مشتركة; نداء; نداء عاجل; بيان مشترك"
)

CLOSINGS = _phrases(
    "yours sincerely; yours faithfully; yours truly; yours respectfully; yours in; sincerely; "
    "sincerely yours; most sincerely; respectfully; respectfully yours; respectfully submitted; "
    "with respect; with deep respect; with great respect; most respectfully; with kind regards; "
    "kind regards; best regards; warm regards; regards; with regards; with best regards; "
    "in solidarity; with solidarity; in hope; with appreciation; with gratitude; "
    "with best wishes; best wishes; in hope and solidarity; with thanks; faithfully; cordially; "
    "with the highest; please accept; accept excellency; accept our; with our highest; in peace; "
    "in friendship; with hope; with warm regards; with many thanks; many thanks; veuillez agreer; "
    "veuillez recevoir; veuillez croire; veuillez accepter; nous vous prions dagreer; "
    "nous vous prions de croire; nous vous prions de recevoir; nous vous prions daccepter; "
    "je vous prie dagreer; recevez; agreez; dans lattente; dans cette attente; cordialement; "
    "bien cordialement; respectueusement; sinceres salutations; salutations; solidairement; "
    "avec nos salutations; avec nos respectueuses; avec notre consideration; tres cordialement; "
    "meilleures salutations; en vous remerciant; en solidarite; atentamente; muy atentamente; "
    "cordialmente; respetuosamente; sinceramente; saludos; un saludo; reciba; reciban; "
    "le saludan; le saludamos; les saludamos; sin otro particular; quedamos; con respeto; "
    "con un cordial; un cordial saludo; con sentimientos; con el debido; con toda consideracion; "
    "con la mayor consideracion; le saluda; nos despedimos; en solidaridad; solidariamente; "
    "suyos; suyas; de usted; con nuestros; con nuestra consideracion; aprovechamos; وتفضلوا; "
    "تفضلوا; وتفضلي; وتفضل; وتقبلوا; تقبلوا; مع خالص; مع فائق; مع أطيب; مع الاحترام; مع التقدير; "
    "مع التحية; باحترام; بكل احترام; مع كل الاحترام; ودمتم; والسلام عليكم; ولكم منا; المخلصون; "
    "المخلصين; خالص التحية; مع تحياتنا"
)

FORMULAS = _phrases(
    "assurances of our highest; our highest consideration; veuillez agreer; veuillez recevoir; "
    "vous prions d agreer; vous prions dagreer; vous prie dagreer; vous prions de croire; "
    "nos salutations; sinceres salutations; respectueuses salutations; salutations distinguees; "
    "cordial saludo; saludamos atentamente; saluda atentamente; وتفضلوا بقبول; فائق الاحترام; "
    "فائق التقدير"
)
"""Of closings that begin in many ways, wherever they stand in them."""

SIGNERS = _phrases(
    "signed; signed by; signatories; signatory; signatory organisations; signatory organizations; "
    "signers; list of signatories; the signatories; undersigned; the undersigned; "
    "undersigned organisations; undersigned organizations; the undersigned organisations; "
    "the undersigned organizations; endorsed by; endorsements; endorsers; endorsing; "
    "endorsing organisations; endorsing organizations; co signed by; cosigned by; co signatories; "
    "cosignatories; initiated by; initiating; initiators; initiating organisations; "
    "initiating organizations; lead; supporting; lead signatories; supported by; "
    "supporting organisations; supporting organizations; on behalf of; signing organisations; "
    "signing organizations; full list of signatories; organisations; organizations; "
    "organizational; organisational; individuals; co sponsors; sponsors; additional signatories; "
    "initial signatories; first signatories; national organisations; international organisations; "
    "international organizations; regional organisations; national organizations; "
    "regional organizations; local organisations; local organizations; signataires; signataire; "
    "les signataires; signatures; signature; signe par; signe; signee par; "
    "organisations signataires; les organisations signataires; associations signataires; "
    "liste des signataires; premiers signataires; premieres signataires; les soussignes; "
    "soussignes; soussignees; les organisations soussignees; cosignataires; co signataires; "
    "a linitiative de; initiateurs; organisations initiatrices; soutenu par; avec le soutien de; "
    "ont signe; associations; pour les organisations; firmantes; firmado; firmado por; firman; "
    "firma; firmas; suscriben; suscrito por; suscrita por; organizaciones firmantes; "
    "las organizaciones firmantes; entidades firmantes; organizaciones adheridas; adhesiones; "
    "adhieren; las abajo firmantes; los abajo firmantes; abajo firmantes; convocantes; "
    "organizaciones promotoras; organizaciones convocantes; lista de firmantes; apoyan; "
    "con el apoyo de; organizaciones; الموقعون; الموقعين; الموقعات; الموقعون أدناه; "
    "المنظمات الموقعة; المنظمات الموقعه; المؤسسات الموقعة; الجمعيات الموقعة; الجهات الموقعة; "
    "التوقيع; التوقيعات; التواقيع; الموقعون والموقعات; قائمة الموقعين; المنظمات المبادرة; "
    "المبادرون; بتوقيع; وقعها; وقع على; المنظمات; المؤسسات; أسماء المنظمات; الموقعة; عن المنظمات; "
    "عن الجمعيات; عن جمعيات; باسم المنظمات"
)

OF_A_LABEL = _phrases(
    "a; alphabetical; all; and; below; both; by; following; full; in; individuals; is; letter; "
    "letters; list; of; on; order; organisations; organisation; organizations; organization; "
    "signatories; signed; the; these; this; to; two; alphabetique; de; des; deux; dans; la; les; "
    "lettre; lettres; liste; ordre; par; suivantes; signataires; ambas; alfabetico; carta; "
    "cartas; el; en; firmantes; las; organizaciones; orden; por; siguientes; ابجديا; الابجدي; "
    "ادناه; الترتيب; التاليه; حسب; علي; الرساله; الرسالتين; المنظمات; هذه"
)
"""Words that only say that names follow, behind one of SIGNERS."""

ENDS = _phrases(
    "for more information; for further information; for media; media contact; media contacts; "
    "press contact; press contacts; contact; contacts; notes to editors; note to editors; notes; "
    "ends; end; annex; annexes; appendix; references; footnotes; background; about the; "
    "enclosure; encl; enclosed; attachments; pour plus d informations; pour plus dinformations; "
    "contact presse; contacts presse; annexe; notes de bas de page; pieces jointes; "
    "para mas informacion; contacto; contacto de prensa; anexo; anexos; notas; adjunto; nota; "
    "لمزيد من المعلومات; للتواصل; للاستفسار; ملاحظات; ملاحظة; مرفقات; المرفقات; ملحق; هوامش; "
    "الهوامش"
)
"""What stands behind a letter and its names, and belongs to neither."""

BOTH = _phrases(
    "both letters; all letters; all the letters; these letters; the two letters; the letters; "
    "either letter; each letter; deux lettres; chacune des lettres; toutes les lettres; "
    "ambas cartas; las dos cartas; todas las cartas; الرسالتين; كلتا الرسالتين; جميع الرسائل; "
    "الرسائل"
)

ASKING = _phrases(
    "call on; call upon; calls on; calls upon; calling on; calling upon; urge; urges; urging; "
    "demand; demands; demanding; ask; asks; request; requests; appeal; appeals; implore; insist; "
    "recommend; recommends; recommendations; invite; must; should; asking; requesting; "
    "requested; expect; call for; calls for; calling for; encourage; encourages; propose; "
    "proposes; plead; beg; advise; entreat; petition; seek; beseech; press; nous demandons; "
    "demandons; demande; demandent; appelons; appelle; appellent; exhortons; exhortent; prions; "
    "invitons; exigeons; exigent; sollicitons; recommandons; doit; doivent; revendications; "
    "demandes; recommandations; enjoignons; conjurons; requerons; reclamons; reclament; "
    "interpellons; proposons; revendiquons; encourageons; prie; pedimos; piden; instamos; "
    "instan; exigimos; exigen; solicitamos; solicitan; llamamos; llamamiento; llamado; "
    "exhortamos; exhortan; exhorta; rogamos; demandamos; reclamamos; recomendamos; urgimos; "
    "debe; deben; demandas; exigencias; peticiones; recomendaciones; invitamos; hacemos; "
    "apelamos; requerimos; proponemos; solicita; pide; exige; insta; conminamos; emplazamos; "
    "animamos; alentamos; suplicamos; نلتمس; نقترح; مطالبين; داعين; يطالب; يطالبون; يدعو; يدعون; "
    "ينبغي; نسألكم; نطالب; نطالبكم; تطالب; ندعو; ندعوكم; تدعو; نناشد; نناشدكم; تناشد; نحث; "
    "نحثكم; تحث; نطلب; نطلب منكم; يجب; نوصي; مطالبنا; المطالب; التوصيات; نطالبها; نطالبه; نأمل; "
    "ونطالب; وندعو; ونناشد; ونحث; ونطلب; لذلك; فإننا; ونطالبكم; وندعوكم; وندعوها; نهيب; ونحثكم; "
    "ونناشدكم"
)
"""In a sentence that introduces demands."""

WISHING = _phrases(
    "want; needed; necessary; il faut; necessaire; necessaires; necesario; necesarias; "
    "hace falta; souhaitons; voulons; attendons; insistons; queremos; esperamos; نرجو; نرجوكم; "
    "نريد; نتوجه; ونرجو"
)
"""There too, unless what is wished or needed is only to say something."""

SAYING = _phrases(
    "thank; express; voice; draw; recall; remind; mention; highlight; stress; emphasise; "
    "emphasize; underline; point out; note; share; inform; raise; remercier; exprimer; rappeler; "
    "attirer; souligner; signaler; mentionner; informer; partager; faire part; preciser; "
    "agradecer; expresar; manifestar; recordar; senalar; destacar; subrayar; llamar; mencionar; "
    "informar; compartir; للإعراب; لنعرب; نعرب; للتعبير; لنعبر; نعبر; نشكر; نشكركم; نذكر; "
    "للتذكير; التذكير; للفت; لفت; الإشارة; نشير; إبلاغكم; لإبلاغكم"
)
"""Behind a wish, as in "We want to thank": what follows is no demand."""

FOLLOWING = _phrases(
    "following; steps; measures; these; below; suivantes; suivants; mesures; ci dessous; ces; "
    "siguientes; siguiente; medidas; estas; estos; التالية; الآتية; يلي; يأتي; الاتية"
)
"""In a sentence that announces a list without a colon."""

DEMANDS = _phrases(
    "demands; our demands; the demands; we demand; we ask; recommendations; our recommendations; "
    "requests; our requests; our asks; asks; calls to action; our call; what we ask; "
    "what we demand; nos demandes; nos revendications; revendications; demandes; recommandations; "
    "nos recommandations; ce que nous demandons; demandas; nuestras demandas; exigencias; "
    "nuestras exigencias; peticiones; nuestras peticiones; recomendaciones; "
    "nuestras recomendaciones; lo que pedimos; reivindicaciones; nuestras reivindicaciones; "
    "مطالبنا; المطالب; توصياتنا; التوصيات; مطالب"
)
"""Headings above demands."""

OURSELVES = _phrases(
    "we; our; the undersigned; as; should you; thank you; in closing; finally; nous; notre; nos; "
    "merci; enfin; en conclusion; nosotros; nosotras; quedamos; agradecemos; nuestra; nuestro; "
    "por ultimo; nous restons; in addition; we remain; please; i; you; your; dans l attente; "
    "dans lattente; a la espera; نحن; إننا; وإننا; ونحن; نشكركم; شكرا; ختاما; وختاما; ونبقى; "
    "نأمل; ونأمل; نتطلع; ونتطلع; وأخيرا; نؤكد; ونؤكد"
)
"""With which the text goes on behind demands that no list sets apart: with those who sign."""

PLACE = _phrases("place; lieu; lugar; المكان")
"""Labels of lines that say nothing but where."""

PLACE_BEFORE = _phrases(
    "done at; done in; en la ciudad de; given at; issued in; issued at; issued; dated; date; "
    "fait a; fait au; fait en; fait; le; en; in; at; a; the; dado en; fecha; lugar y fecha; على; "
    "في; حرر في; حررت في; صدر في; صدرت في; بتاريخ; التاريخ; تاريخ; تحريرا في; المكان; place; "
    "lieu; lugar; on; du; el; dia; day"
)
"""Small words between place and date."""

WEEKDAYS = _phrases(
    "monday; tuesday; wednesday; thursday; friday; saturday; sunday; lundi; mardi; mercredi; "
    "jeudi; vendredi; samedi; dimanche; lunes; martes; miercoles; jueves; viernes; sabado; "
    "domingo; الاثنين; الثلاثاء; الأربعاء; الخميس; الجمعة; السبت; الأحد; الإثنين; يوم"
)
