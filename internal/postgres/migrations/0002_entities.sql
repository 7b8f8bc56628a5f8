-- The tables of the entities. Generated from the definitions of package shop
-- by `make generate`; DO NOT EDIT.

-- +goose Up

CREATE FUNCTION appdock_fold(x text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
'SELECT replace(lower(CASE WHEN bare ~ ''[\U000000c6\U000000d0\U000000d8\U000000de\U00000110\U00000126\U00000141\U0000014a\U00000152\U00000166\U00000181-\U00000182\U00000184\U00000186-\U00000187\U00000189-\U0000018b\U0000018e-\U00000191\U00000193-\U00000194\U00000196-\U00000198\U0000019c-\U0000019d\U0000019f\U000001a2\U000001a4\U000001a6-\U000001a7\U000001a9\U000001ac\U000001ae\U000001b1-\U000001b3\U000001b5\U000001b7-\U000001b8\U000001bc\U000001e4\U000001f6-\U000001f7\U0000021c\U00000220\U00000222\U00000224\U0000023a-\U0000023b\U0000023d-\U0000023e\U00000241\U00000243-\U00000246\U00000248\U0000024a\U0000024c\U0000024e\U00000370\U00000372\U00000376\U0000037f\U00000391-\U000003a1\U000003a3-\U000003a9\U000003cf\U000003d8\U000003da\U000003dc\U000003de\U000003e0\U000003e2\U000003e4\U000003e6\U000003e8\U000003ea\U000003ec\U000003ee\U000003f7\U000003fa\U000003fd-\U000003ff\U00000402\U00000404-\U00000406\U00000408-\U0000040b\U0000040f-\U00000418\U0000041a-\U0000042f\U00000460\U00000462\U00000464\U00000466\U00000468\U0000046a\U0000046c\U0000046e\U00000470\U00000472\U00000474\U00000478\U0000047a\U0000047c\U0000047e\U00000480\U0000048a\U0000048c\U0000048e\U00000490\U00000492\U00000494\U00000496\U00000498\U0000049a\U0000049c\U0000049e\U000004a0\U000004a2\U000004a4\U000004a6\U000004a8\U000004aa\U000004ac\U000004ae\U000004b0\U000004b2\U000004b4\U000004b6\U000004b8\U000004ba\U000004bc\U000004be\U000004c0\U000004c3\U000004c5\U000004c7\U000004c9\U000004cb\U000004cd\U000004d4\U000004d8\U000004e0\U000004e8\U000004f6\U000004fa\U000004fc\U000004fe\U00000500\U00000502\U00000504\U00000506\U00000508\U0000050a\U0000050c\U0000050e\U00000510\U00000512\U00000514\U00000516\U00000518\U0000051a\U0000051c\U0000051e\U00000520\U00000522\U00000524\U00000526\U00000528\U0000052a\U0000052c\U0000052e\U00000531-\U00000556\U000010a0-\U000010c5\U000010c7\U000010cd\U000013a0-\U000013f5\U00001c90-\U00001cba\U00001cbd-\U00001cbf\U00001e9e\U00001efa\U00001efc\U00001efe\U00002132\U00002183\U00002c00-\U00002c2f\U00002c60\U00002c62-\U00002c64\U00002c67\U00002c69\U00002c6b\U00002c6d-\U00002c70\U00002c72\U00002c75\U00002c7e-\U00002c80\U00002c82\U00002c84\U00002c86\U00002c88\U00002c8a\U00002c8c\U00002c8e\U00002c90\U00002c92\U00002c94\U00002c96\U00002c98\U00002c9a\U00002c9c\U00002c9e\U00002ca0\U00002ca2\U00002ca4\U00002ca6\U00002ca8\U00002caa\U00002cac\U00002cae\U00002cb0\U00002cb2\U00002cb4\U00002cb6\U00002cb8\U00002cba\U00002cbc\U00002cbe\U00002cc0\U00002cc2\U00002cc4\U00002cc6\U00002cc8\U00002cca\U00002ccc\U00002cce\U00002cd0\U00002cd2\U00002cd4\U00002cd6\U00002cd8\U00002cda\U00002cdc\U00002cde\U00002ce0\U00002ce2\U00002ceb\U00002ced\U00002cf2\U0000a640\U0000a642\U0000a644\U0000a646\U0000a648\U0000a64a\U0000a64c\U0000a64e\U0000a650\U0000a652\U0000a654\U0000a656\U0000a658\U0000a65a\U0000a65c\U0000a65e\U0000a660\U0000a662\U0000a664\U0000a666\U0000a668\U0000a66a\U0000a66c\U0000a680\U0000a682\U0000a684\U0000a686\U0000a688\U0000a68a\U0000a68c\U0000a68e\U0000a690\U0000a692\U0000a694\U0000a696\U0000a698\U0000a69a\U0000a722\U0000a724\U0000a726\U0000a728\U0000a72a\U0000a72c\U0000a72e\U0000a732\U0000a734\U0000a736\U0000a738\U0000a73a\U0000a73c\U0000a73e\U0000a740\U0000a742\U0000a744\U0000a746\U0000a748\U0000a74a\U0000a74c\U0000a74e\U0000a750\U0000a752\U0000a754\U0000a756\U0000a758\U0000a75a\U0000a75c\U0000a75e\U0000a760\U0000a762\U0000a764\U0000a766\U0000a768\U0000a76a\U0000a76c\U0000a76e\U0000a779\U0000a77b\U0000a77d-\U0000a77e\U0000a780\U0000a782\U0000a784\U0000a786\U0000a78b\U0000a78d\U0000a790\U0000a792\U0000a796\U0000a798\U0000a79a\U0000a79c\U0000a79e\U0000a7a0\U0000a7a2\U0000a7a4\U0000a7a6\U0000a7a8\U0000a7aa-\U0000a7ae\U0000a7b0-\U0000a7b4\U0000a7b6\U0000a7b8\U0000a7ba\U0000a7bc\U0000a7be\U0000a7c0\U0000a7c2\U0000a7c4-\U0000a7c7\U0000a7c9\U0000a7d0\U0000a7d6\U0000a7d8\U0000a7f5\U00010400-\U00010427\U000104b0-\U000104d3\U00010570-\U0001057a\U0001057c-\U0001058a\U0001058c-\U00010592\U00010594-\U00010595\U00010c80-\U00010cb2\U000118a0-\U000118bf\U00016e40-\U00016e5f\U0001e900-\U0001e921]''
	THEN translate(bare, ''ÆÐØÞĐĦŁŊŒŦƁƂƄƆƇƉƊƋƎƏƐƑƓƔƖƗƘƜƝƟƢƤƦƧƩƬƮƱƲƳƵƷƸƼǤǶǷȜȠȢȤȺȻȽȾɁɃɄɅɆɈɊɌɎͰͲͶͿΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩϏϘϚϜϞϠϢϤϦϨϪϬϮϷϺϽϾϿЂЄЅІЈЉЊЋЏАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯѠѢѤѦѨѪѬѮѰѲѴѸѺѼѾҀҊҌҎҐҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲҴҶҸҺҼҾӀӃӅӇӉӋӍӔӘӠӨӶӺӼӾԀԂԄԆԈԊԌԎԐԒԔԖԘԚԜԞԠԢԤԦԨԪԬԮԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖႠႡႢႣႤႥႦႧႨႩႪႫႬႭႮႯႰႱႲႳႴႵႶႷႸႹႺႻႼႽႾႿჀჁჂჃჄჅჇჍᎠᎡᎢᎣᎤᎥᎦᎧᎨᎩᎪᎫᎬᎭᎮᎯᎰᎱᎲᎳᎴᎵᎶᎷᎸᎹᎺᎻᎼᎽᎾᎿᏀᏁᏂᏃᏄᏅᏆᏇᏈᏉᏊᏋᏌᏍᏎᏏᏐᏑᏒᏓᏔᏕᏖᏗᏘᏙᏚᏛᏜᏝᏞᏟᏠᏡᏢᏣᏤᏥᏦᏧᏨᏩᏪᏫᏬᏭᏮᏯᏰᏱᏲᏳᏴᏵᲐᲑᲒᲓᲔᲕᲖᲗᲘᲙᲚᲛᲜᲝᲞᲟᲠᲡᲢᲣᲤᲥᲦᲧᲨᲩᲪᲫᲬᲭᲮᲯᲰᲱᲲᲳᲴᲵᲶᲷᲸᲹᲺᲽᲾᲿẞỺỼỾℲↃⰀⰁⰂⰃⰄⰅⰆⰇⰈⰉⰊⰋⰌⰍⰎⰏⰐⰑⰒⰓⰔⰕⰖⰗⰘⰙⰚⰛⰜⰝⰞⰟⰠⰡⰢⰣⰤⰥⰦⰧⰨⰩⰪⰫⰬⰭⰮⰯⱠⱢⱣⱤⱧⱩⱫⱭⱮⱯⱰⱲⱵⱾⱿⲀⲂⲄⲆⲈⲊⲌⲎⲐⲒⲔⲖⲘⲚⲜⲞⲠⲢⲤⲦⲨⲪⲬⲮⲰⲲⲴⲶⲸⲺⲼⲾⳀⳂⳄⳆⳈⳊⳌⳎⳐⳒⳔⳖⳘⳚⳜⳞⳠⳢⳫⳭⳲꙀꙂꙄꙆꙈꙊꙌꙎꙐꙒꙔꙖꙘꙚꙜꙞꙠꙢꙤꙦꙨꙪꙬꚀꚂꚄꚆꚈꚊꚌꚎꚐꚒꚔꚖꚘꚚꜢꜤꜦꜨꜪꜬꜮꜲꜴꜶꜸꜺꜼꜾꝀꝂꝄꝆꝈꝊꝌꝎꝐꝒꝔꝖꝘꝚꝜꝞꝠꝢꝤꝦꝨꝪꝬꝮꝹꝻꝽꝾꞀꞂꞄꞆꞋꞍꞐꞒꞖꞘꞚꞜꞞꞠꞢꞤꞦꞨꞪꞫꞬꞭꞮꞰꞱꞲꞳꞴꞶꞸꞺꞼꞾꟀꟂꟄꟅꟆꟇꟉꟐꟖꟘꟵ𐐀𐐁𐐂𐐃𐐄𐐅𐐆𐐇𐐈𐐉𐐊𐐋𐐌𐐍𐐎𐐏𐐐𐐑𐐒𐐓𐐔𐐕𐐖𐐗𐐘𐐙𐐚𐐛𐐜𐐝𐐞𐐟𐐠𐐡𐐢𐐣𐐤𐐥𐐦𐐧𐒰𐒱𐒲𐒳𐒴𐒵𐒶𐒷𐒸𐒹𐒺𐒻𐒼𐒽𐒾𐒿𐓀𐓁𐓂𐓃𐓄𐓅𐓆𐓇𐓈𐓉𐓊𐓋𐓌𐓍𐓎𐓏𐓐𐓑𐓒𐓓𐕰𐕱𐕲𐕳𐕴𐕵𐕶𐕷𐕸𐕹𐕺𐕼𐕽𐕾𐕿𐖀𐖁𐖂𐖃𐖄𐖅𐖆𐖇𐖈𐖉𐖊𐖌𐖍𐖎𐖏𐖐𐖑𐖒𐖔𐖕𐲀𐲁𐲂𐲃𐲄𐲅𐲆𐲇𐲈𐲉𐲊𐲋𐲌𐲍𐲎𐲏𐲐𐲑𐲒𐲓𐲔𐲕𐲖𐲗𐲘𐲙𐲚𐲛𐲜𐲝𐲞𐲟𐲠𐲡𐲢𐲣𐲤𐲥𐲦𐲧𐲨𐲩𐲪𐲫𐲬𐲭𐲮𐲯𐲰𐲱𐲲𑢠𑢡𑢢𑢣𑢤𑢥𑢦𑢧𑢨𑢩𑢪𑢫𑢬𑢭𑢮𑢯𑢰𑢱𑢲𑢳𑢴𑢵𑢶𑢷𑢸𑢹𑢺𑢻𑢼𑢽𑢾𑢿𖹀𖹁𖹂𖹃𖹄𖹅𖹆𖹇𖹈𖹉𖹊𖹋𖹌𖹍𖹎𖹏𖹐𖹑𖹒𖹓𖹔𖹕𖹖𖹗𖹘𖹙𖹚𖹛𖹜𖹝𖹞𖹟𞤀𞤁𞤂𞤃𞤄𞤅𞤆𞤇𞤈𞤉𞤊𞤋𞤌𞤍𞤎𞤏𞤐𞤑𞤒𞤓𞤔𞤕𞤖𞤗𞤘𞤙𞤚𞤛𞤜𞤝𞤞𞤟𞤠𞤡'',
		''æðøþđħłŋœŧɓƃƅɔƈɖɗƌǝəɛƒɠɣɩɨƙɯɲɵƣƥʀƨʃƭʈʊʋƴƶʒƹƽǥƕƿȝƞȣȥⱥȼƚⱦɂƀʉʌɇɉɋɍɏͱͳͷϳαβγδεζηθικλμνξοπρστυφχψωϗϙϛϝϟϡϣϥϧϩϫϭϯϸϻͻͼͽђєѕіјљњћџабвгдежзиклмнопрстуфхцчшщъыьэюяѡѣѥѧѩѫѭѯѱѳѵѹѻѽѿҁҋҍҏґғҕҗҙқҝҟҡңҥҧҩҫҭүұҳҵҷҹһҽҿӏӄӆӈӊӌӎӕәӡөӷӻӽӿԁԃԅԇԉԋԍԏԑԓԕԗԙԛԝԟԡԣԥԧԩԫԭԯաբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆⴀⴁⴂⴃⴄⴅⴆⴇⴈⴉⴊⴋⴌⴍⴎⴏⴐⴑⴒⴓⴔⴕⴖⴗⴘⴙⴚⴛⴜⴝⴞⴟⴠⴡⴢⴣⴤⴥⴧⴭꭰꭱꭲꭳꭴꭵꭶꭷꭸꭹꭺꭻꭼꭽꭾꭿꮀꮁꮂꮃꮄꮅꮆꮇꮈꮉꮊꮋꮌꮍꮎꮏꮐꮑꮒꮓꮔꮕꮖꮗꮘꮙꮚꮛꮜꮝꮞꮟꮠꮡꮢꮣꮤꮥꮦꮧꮨꮩꮪꮫꮬꮭꮮꮯꮰꮱꮲꮳꮴꮵꮶꮷꮸꮹꮺꮻꮼꮽꮾꮿᏸᏹᏺᏻᏼᏽაბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰჱჲჳჴჵჶჷჸჹჺჽჾჿßỻỽỿⅎↄⰰⰱⰲⰳⰴⰵⰶⰷⰸⰹⰺⰻⰼⰽⰾⰿⱀⱁⱂⱃⱄⱅⱆⱇⱈⱉⱊⱋⱌⱍⱎⱏⱐⱑⱒⱓⱔⱕⱖⱗⱘⱙⱚⱛⱜⱝⱞⱟⱡɫᵽɽⱨⱪⱬɑɱɐɒⱳⱶȿɀⲁⲃⲅⲇⲉⲋⲍⲏⲑⲓⲕⲗⲙⲛⲝⲟⲡⲣⲥⲧⲩⲫⲭⲯⲱⲳⲵⲷⲹⲻⲽⲿⳁⳃⳅⳇⳉⳋⳍⳏⳑⳓⳕⳗⳙⳛⳝⳟⳡⳣⳬⳮⳳꙁꙃꙅꙇꙉꙋꙍꙏꙑꙓꙕꙗꙙꙛꙝꙟꙡꙣꙥꙧꙩꙫꙭꚁꚃꚅꚇꚉꚋꚍꚏꚑꚓꚕꚗꚙꚛꜣꜥꜧꜩꜫꜭꜯꜳꜵꜷꜹꜻꜽꜿꝁꝃꝅꝇꝉꝋꝍꝏꝑꝓꝕꝗꝙꝛꝝꝟꝡꝣꝥꝧꝩꝫꝭꝯꝺꝼᵹꝿꞁꞃꞅꞇꞌɥꞑꞓꞗꞙꞛꞝꞟꞡꞣꞥꞧꞩɦɜɡɬɪʞʇʝꭓꞵꞷꞹꞻꞽꞿꟁꟃꞔʂᶎꟈꟊꟑꟗꟙꟶ𐐨𐐩𐐪𐐫𐐬𐐭𐐮𐐯𐐰𐐱𐐲𐐳𐐴𐐵𐐶𐐷𐐸𐐹𐐺𐐻𐐼𐐽𐐾𐐿𐑀𐑁𐑂𐑃𐑄𐑅𐑆𐑇𐑈𐑉𐑊𐑋𐑌𐑍𐑎𐑏𐓘𐓙𐓚𐓛𐓜𐓝𐓞𐓟𐓠𐓡𐓢𐓣𐓤𐓥𐓦𐓧𐓨𐓩𐓪𐓫𐓬𐓭𐓮𐓯𐓰𐓱𐓲𐓳𐓴𐓵𐓶𐓷𐓸𐓹𐓺𐓻𐖗𐖘𐖙𐖚𐖛𐖜𐖝𐖞𐖟𐖠𐖡𐖣𐖤𐖥𐖦𐖧𐖨𐖩𐖪𐖫𐖬𐖭𐖮𐖯𐖰𐖱𐖳𐖴𐖵𐖶𐖷𐖸𐖹𐖻𐖼𐳀𐳁𐳂𐳃𐳄𐳅𐳆𐳇𐳈𐳉𐳊𐳋𐳌𐳍𐳎𐳏𐳐𐳑𐳒𐳓𐳔𐳕𐳖𐳗𐳘𐳙𐳚𐳛𐳜𐳝𐳞𐳟𐳠𐳡𐳢𐳣𐳤𐳥𐳦𐳧𐳨𐳩𐳪𐳫𐳬𐳭𐳮𐳯𐳰𐳱𐳲𑣀𑣁𑣂𑣃𑣄𑣅𑣆𑣇𑣈𑣉𑣊𑣋𑣌𑣍𑣎𑣏𑣐𑣑𑣒𑣓𑣔𑣕𑣖𑣗𑣘𑣙𑣚𑣛𑣜𑣝𑣞𑣟𖹠𖹡𖹢𖹣𖹤𖹥𖹦𖹧𖹨𖹩𖹪𖹫𖹬𖹭𖹮𖹯𖹰𖹱𖹲𖹳𖹴𖹵𖹶𖹷𖹸𖹹𖹺𖹻𖹼𖹽𖹾𖹿𞤢𞤣𞤤𞤥𞤦𞤧𞤨𞤩𞤪𞤫𞤬𞤭𞤮𞤯𞤰𞤱𞤲𞤳𞤴𞤵𞤶𞤷𞤸𞤹𞤺𞤻𞤼𞤽𞤾𞤿𞥀𞥁𞥂𞥃'') ELSE bare END COLLATE "C"), ''ß'', ''ss'')
FROM (SELECT CASE WHEN x ~ ''[^\u0001-\u007f]''
	THEN regexp_replace(normalize(x, NFKD), ''[\U00000300-\U0000036f\U00000483-\U00000487\U00000591-\U000005bd\U000005bf\U000005c1-\U000005c2\U000005c4-\U000005c5\U000005c7\U00000610-\U0000061a\U0000064b-\U0000065f\U00000670\U000006d6-\U000006dc\U000006df-\U000006e4\U000006e7-\U000006e8\U000006ea-\U000006ed\U00000711\U00000730-\U0000074a\U000007a6-\U000007b0\U000007eb-\U000007f3\U000007fd\U00000816-\U00000819\U0000081b-\U00000823\U00000825-\U00000827\U00000829-\U0000082d\U00000859-\U0000085b\U00000898-\U0000089f\U000008ca-\U000008e1\U000008e3-\U00000902\U0000093a\U0000093c\U00000941-\U00000948\U0000094d\U00000951-\U00000957\U00000962-\U00000963\U00000981\U000009bc\U000009c1-\U000009c4\U000009cd\U000009e2-\U000009e3\U000009fe\U00000a01-\U00000a02\U00000a3c\U00000a41-\U00000a42\U00000a47-\U00000a48\U00000a4b-\U00000a4d\U00000a51\U00000a70-\U00000a71\U00000a75\U00000a81-\U00000a82\U00000abc\U00000ac1-\U00000ac5\U00000ac7-\U00000ac8\U00000acd\U00000ae2-\U00000ae3\U00000afa-\U00000aff\U00000b01\U00000b3c\U00000b3f\U00000b41-\U00000b44\U00000b4d\U00000b55-\U00000b56\U00000b62-\U00000b63\U00000b82\U00000bc0\U00000bcd\U00000c00\U00000c04\U00000c3c\U00000c3e-\U00000c40\U00000c46-\U00000c48\U00000c4a-\U00000c4d\U00000c55-\U00000c56\U00000c62-\U00000c63\U00000c81\U00000cbc\U00000cbf\U00000cc6\U00000ccc-\U00000ccd\U00000ce2-\U00000ce3\U00000d00-\U00000d01\U00000d3b-\U00000d3c\U00000d41-\U00000d44\U00000d4d\U00000d62-\U00000d63\U00000d81\U00000dca\U00000dd2-\U00000dd4\U00000dd6\U00000e31\U00000e34-\U00000e3a\U00000e47-\U00000e4e\U00000eb1\U00000eb4-\U00000ebc\U00000ec8-\U00000ece\U00000f18-\U00000f19\U00000f35\U00000f37\U00000f39\U00000f71-\U00000f7e\U00000f80-\U00000f84\U00000f86-\U00000f87\U00000f8d-\U00000f97\U00000f99-\U00000fbc\U00000fc6\U0000102d-\U00001030\U00001032-\U00001037\U00001039-\U0000103a\U0000103d-\U0000103e\U00001058-\U00001059\U0000105e-\U00001060\U00001071-\U00001074\U00001082\U00001085-\U00001086\U0000108d\U0000109d\U0000135d-\U0000135f\U00001712-\U00001714\U00001732-\U00001733\U00001752-\U00001753\U00001772-\U00001773\U000017b4-\U000017b5\U000017b7-\U000017bd\U000017c6\U000017c9-\U000017d3\U000017dd\U0000180b-\U0000180d\U0000180f\U00001885-\U00001886\U000018a9\U00001920-\U00001922\U00001927-\U00001928\U00001932\U00001939-\U0000193b\U00001a17-\U00001a18\U00001a1b\U00001a56\U00001a58-\U00001a5e\U00001a60\U00001a62\U00001a65-\U00001a6c\U00001a73-\U00001a7c\U00001a7f\U00001ab0-\U00001abd\U00001abf-\U00001ace\U00001b00-\U00001b03\U00001b34\U00001b36-\U00001b3a\U00001b3c\U00001b42\U00001b6b-\U00001b73\U00001b80-\U00001b81\U00001ba2-\U00001ba5\U00001ba8-\U00001ba9\U00001bab-\U00001bad\U00001be6\U00001be8-\U00001be9\U00001bed\U00001bef-\U00001bf1\U00001c2c-\U00001c33\U00001c36-\U00001c37\U00001cd0-\U00001cd2\U00001cd4-\U00001ce0\U00001ce2-\U00001ce8\U00001ced\U00001cf4\U00001cf8-\U00001cf9\U00001dc0-\U00001dff\U000020d0-\U000020dc\U000020e1\U000020e5-\U000020f0\U00002cef-\U00002cf1\U00002d7f\U00002de0-\U00002dff\U0000302a-\U0000302d\U00003099-\U0000309a\U0000a66f\U0000a674-\U0000a67d\U0000a69e-\U0000a69f\U0000a6f0-\U0000a6f1\U0000a802\U0000a806\U0000a80b\U0000a825-\U0000a826\U0000a82c\U0000a8c4-\U0000a8c5\U0000a8e0-\U0000a8f1\U0000a8ff\U0000a926-\U0000a92d\U0000a947-\U0000a951\U0000a980-\U0000a982\U0000a9b3\U0000a9b6-\U0000a9b9\U0000a9bc-\U0000a9bd\U0000a9e5\U0000aa29-\U0000aa2e\U0000aa31-\U0000aa32\U0000aa35-\U0000aa36\U0000aa43\U0000aa4c\U0000aa7c\U0000aab0\U0000aab2-\U0000aab4\U0000aab7-\U0000aab8\U0000aabe-\U0000aabf\U0000aac1\U0000aaec-\U0000aaed\U0000aaf6\U0000abe5\U0000abe8\U0000abed\U0000fb1e\U0000fe00-\U0000fe0f\U0000fe20-\U0000fe2f\U000101fd\U000102e0\U00010376-\U0001037a\U00010a01-\U00010a03\U00010a05-\U00010a06\U00010a0c-\U00010a0f\U00010a38-\U00010a3a\U00010a3f\U00010ae5-\U00010ae6\U00010d24-\U00010d27\U00010eab-\U00010eac\U00010efd-\U00010eff\U00010f46-\U00010f50\U00010f82-\U00010f85\U00011001\U00011038-\U00011046\U00011070\U00011073-\U00011074\U0001107f-\U00011081\U000110b3-\U000110b6\U000110b9-\U000110ba\U000110c2\U00011100-\U00011102\U00011127-\U0001112b\U0001112d-\U00011134\U00011173\U00011180-\U00011181\U000111b6-\U000111be\U000111c9-\U000111cc\U000111cf\U0001122f-\U00011231\U00011234\U00011236-\U00011237\U0001123e\U00011241\U000112df\U000112e3-\U000112ea\U00011300-\U00011301\U0001133b-\U0001133c\U00011340\U00011366-\U0001136c\U00011370-\U00011374\U00011438-\U0001143f\U00011442-\U00011444\U00011446\U0001145e\U000114b3-\U000114b8\U000114ba\U000114bf-\U000114c0\U000114c2-\U000114c3\U000115b2-\U000115b5\U000115bc-\U000115bd\U000115bf-\U000115c0\U000115dc-\U000115dd\U00011633-\U0001163a\U0001163d\U0001163f-\U00011640\U000116ab\U000116ad\U000116b0-\U000116b5\U000116b7\U0001171d-\U0001171f\U00011722-\U00011725\U00011727-\U0001172b\U0001182f-\U00011837\U00011839-\U0001183a\U0001193b-\U0001193c\U0001193e\U00011943\U000119d4-\U000119d7\U000119da-\U000119db\U000119e0\U00011a01-\U00011a0a\U00011a33-\U00011a38\U00011a3b-\U00011a3e\U00011a47\U00011a51-\U00011a56\U00011a59-\U00011a5b\U00011a8a-\U00011a96\U00011a98-\U00011a99\U00011c30-\U00011c36\U00011c38-\U00011c3d\U00011c3f\U00011c92-\U00011ca7\U00011caa-\U00011cb0\U00011cb2-\U00011cb3\U00011cb5-\U00011cb6\U00011d31-\U00011d36\U00011d3a\U00011d3c-\U00011d3d\U00011d3f-\U00011d45\U00011d47\U00011d90-\U00011d91\U00011d95\U00011d97\U00011ef3-\U00011ef4\U00011f00-\U00011f01\U00011f36-\U00011f3a\U00011f40\U00011f42\U00013440\U00013447-\U00013455\U00016af0-\U00016af4\U00016b30-\U00016b36\U00016f4f\U00016f8f-\U00016f92\U00016fe4\U0001bc9d-\U0001bc9e\U0001cf00-\U0001cf2d\U0001cf30-\U0001cf46\U0001d167-\U0001d169\U0001d17b-\U0001d182\U0001d185-\U0001d18b\U0001d1aa-\U0001d1ad\U0001d242-\U0001d244\U0001da00-\U0001da36\U0001da3b-\U0001da6c\U0001da75\U0001da84\U0001da9b-\U0001da9f\U0001daa1-\U0001daaf\U0001e000-\U0001e006\U0001e008-\U0001e018\U0001e01b-\U0001e021\U0001e023-\U0001e024\U0001e026-\U0001e02a\U0001e08f\U0001e130-\U0001e136\U0001e2ae\U0001e2ec-\U0001e2ef\U0001e4ec-\U0001e4ef\U0001e8d0-\U0001e8d6\U0001e944-\U0001e94a\U000e0100-\U000e01ef]'', '''', ''g'') ELSE x END AS bare) AS b';

CREATE TABLE "acl_role" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name_fold" text COLLATE "C",
	"deleted_at" bigint,
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"description" text COLLATE "C",
	"privileges" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "acl_role_order" ON "acl_role" ("shop", "created_at", "id");

CREATE TABLE "acl_user_role" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"acl_role_id" bytea,
	"user_id" bytea,
	PRIMARY KEY (shop, "acl_role_id", "user_id")
);

CREATE UNIQUE INDEX "acl_user_role_unique_user_id_acl_role_id" ON "acl_user_role" ("shop", "user_id", "acl_role_id");

CREATE TABLE "app" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name_fold" text COLLATE "C",
	"path_fold" text COLLATE "C",
	"author_fold" text COLLATE "C",
	"copyright_fold" text COLLATE "C",
	"license_fold" text COLLATE "C",
	"active" boolean,
	"configurable" boolean,
	"privacy_fold" text COLLATE "C",
	"version_fold" text COLLATE "C",
	"allow_disable" boolean,
	"base_app_url_fold" text COLLATE "C",
	"template_load_priority" bigint,
	"checkout_gateway_url_fold" text COLLATE "C",
	"source_type_fold" text COLLATE "C",
	"self_managed" boolean,
	"label_fold" text COLLATE "C",
	"integration_id" bytea,
	"acl_role_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"path" text COLLATE "C",
	"author" text COLLATE "C",
	"copyright" text COLLATE "C",
	"license" text COLLATE "C",
	"privacy" text COLLATE "C",
	"version" text COLLATE "C",
	"base_app_url" text COLLATE "C",
	"checkout_gateway_url" text COLLATE "C",
	"source_type" text COLLATE "C",
	"label" text COLLATE "C",
	"icon_raw" bytea,
	"modules" json,
	"main_module" json,
	"cookies" json,
	"allowed_hosts" json,
	"source_config" json,
	"description" text COLLATE "C",
	"privacy_policy_extensions" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "app_unique_name_fold" ON "app" ("shop", "name_fold");

CREATE INDEX "app_integration_id" ON "app" ("shop", "integration_id");

CREATE INDEX "app_acl_role_id" ON "app" ("shop", "acl_role_id");

CREATE INDEX "app_order" ON "app" ("shop", "created_at", "id");

CREATE TABLE "app_action_button" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"entity_fold" text COLLATE "C",
	"view_fold" text COLLATE "C",
	"url_fold" text COLLATE "C",
	"action_fold" text COLLATE "C",
	"label_fold" text COLLATE "C",
	"app_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	"entity" text COLLATE "C",
	"view" text COLLATE "C",
	"url" text COLLATE "C",
	"action" text COLLATE "C",
	"label" text COLLATE "C",
	PRIMARY KEY (shop, id)
);

CREATE INDEX "app_action_button_app_id" ON "app_action_button" ("shop", "app_id");

CREATE INDEX "app_action_button_order" ON "app_action_button" ("shop", "created_at", "id");

CREATE TABLE "app_action_button_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"app_action_button_id" bytea,
	"language_id" bytea,
	"label_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"label" text COLLATE "C",
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "app_action_button_translation_unique_app_action_button_id_language_id" ON "app_action_button_translation" ("shop", "app_action_button_id", "language_id");

CREATE UNIQUE INDEX "app_action_button_translation_unique_language_id_app_action_button_id" ON "app_action_button_translation" ("shop", "language_id", "app_action_button_id");

CREATE INDEX "app_action_button_translation_order" ON "app_action_button_translation" ("shop", "created_at", "id");

CREATE TABLE "app_flow_event" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"app_id" bytea,
	"name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"aware" json,
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "app_flow_event_app_id" ON "app_flow_event" ("shop", "app_id");

CREATE INDEX "app_flow_event_order" ON "app_flow_event" ("shop", "created_at", "id");

CREATE TABLE "app_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"app_id" bytea,
	"language_id" bytea,
	"label_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"label" text COLLATE "C",
	"description" text COLLATE "C",
	"privacy_policy_extensions" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "app_translation_unique_app_id_language_id" ON "app_translation" ("shop", "app_id", "language_id");

CREATE UNIQUE INDEX "app_translation_unique_language_id_app_id" ON "app_translation" ("shop", "language_id", "app_id");

CREATE INDEX "app_translation_order" ON "app_translation" ("shop", "created_at", "id");

CREATE TABLE "category" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"parent_id" bytea,
	"after_category_id" bytea,
	"media_id" bytea,
	"display_nested_products" boolean,
	"auto_increment" bigint,
	"level" bigint,
	"path_fold" text COLLATE "C",
	"child_count" bigint,
	"type_fold" text COLLATE "C",
	"product_assignment_type_fold" text COLLATE "C",
	"visible" boolean,
	"active" boolean,
	"visible_children" bigint,
	"name_fold" text COLLATE "C",
	"link_type_fold" text COLLATE "C",
	"internal_link" bytea,
	"external_link_fold" text COLLATE "C",
	"link_new_tab" boolean,
	"cms_page_id" bytea,
	"product_stream_id" bytea,
	"custom_entity_type_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	"path" text COLLATE "C",
	"type" text COLLATE "C",
	"product_assignment_type" text COLLATE "C",
	"name" text COLLATE "C",
	"link_type" text COLLATE "C",
	"external_link" text COLLATE "C",
	"breadcrumb" json,
	"custom_fields" json,
	"slot_config" json,
	"description" text COLLATE "C",
	"meta_title" text COLLATE "C",
	"meta_description" text COLLATE "C",
	"keywords" text COLLATE "C",
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "category_parent_id" ON "category" ("shop", "parent_id", "version_id");

CREATE INDEX "category_after_category_id" ON "category" ("shop", "after_category_id", "version_id") WHERE "after_category_id" IS NOT NULL;

CREATE INDEX "category_media_id" ON "category" ("shop", "media_id", "version_id") WHERE "media_id" IS NOT NULL;

CREATE INDEX "category_cms_page_id" ON "category" ("shop", "cms_page_id", "version_id") WHERE "cms_page_id" IS NOT NULL;

CREATE INDEX "category_product_stream_id" ON "category" ("shop", "product_stream_id", "version_id") WHERE "product_stream_id" IS NOT NULL;

CREATE INDEX "category_custom_entity_type_id" ON "category" ("shop", "custom_entity_type_id", "version_id") WHERE "custom_entity_type_id" IS NOT NULL;

CREATE INDEX "category_order" ON "category" ("shop", "version_id", "auto_increment", "id");

CREATE TABLE "category_tag" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"category_id" bytea,
	"tag_id" bytea,
	PRIMARY KEY (shop, "category_id", "tag_id", version_id)
);

CREATE UNIQUE INDEX "category_tag_unique_tag_id_category_id" ON "category_tag" ("shop", "tag_id", "version_id", "category_id");

CREATE TABLE "category_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"category_id" bytea,
	"language_id" bytea,
	"name_fold" text COLLATE "C",
	"link_type_fold" text COLLATE "C",
	"internal_link" bytea,
	"external_link_fold" text COLLATE "C",
	"link_new_tab" boolean,
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"link_type" text COLLATE "C",
	"external_link" text COLLATE "C",
	"breadcrumb" json,
	"custom_fields" json,
	"slot_config" json,
	"description" text COLLATE "C",
	"meta_title" text COLLATE "C",
	"meta_description" text COLLATE "C",
	"keywords" text COLLATE "C",
	PRIMARY KEY (shop, id, version_id)
);

CREATE UNIQUE INDEX "category_translation_unique_category_id_language_id" ON "category_translation" ("shop", "category_id", "version_id", "language_id");

CREATE UNIQUE INDEX "category_translation_unique_language_id_category_id" ON "category_translation" ("shop", "language_id", "version_id", "category_id");

CREATE INDEX "category_translation_order" ON "category_translation" ("shop", "version_id", "created_at", "id");

CREATE TABLE "country" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name_fold" text COLLATE "C",
	"iso_fold" text COLLATE "C",
	"position" bigint,
	"active" boolean,
	"shipping_available" boolean,
	"iso3_fold" text COLLATE "C",
	"display_state_in_registration" boolean,
	"force_state_in_registration" boolean,
	"check_vat_id_pattern" boolean,
	"vat_id_required" boolean,
	"vat_id_pattern_fold" text COLLATE "C",
	"postal_code_required" boolean,
	"check_postal_code_pattern" boolean,
	"check_advanced_postal_code_pattern" boolean,
	"advanced_postal_code_pattern_fold" text COLLATE "C",
	"default_postal_code_pattern_fold" text COLLATE "C",
	"is_eu" boolean,
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"iso" text COLLATE "C",
	"iso3" text COLLATE "C",
	"vat_id_pattern" text COLLATE "C",
	"advanced_postal_code_pattern" text COLLATE "C",
	"default_postal_code_pattern" text COLLATE "C",
	"custom_fields" json,
	"customer_tax" json,
	"company_tax" json,
	"address_format" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "country_order" ON "country" ("shop", "created_at", "id");

CREATE TABLE "country_state" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"country_id" bytea,
	"short_code_fold" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"position" bigint,
	"active" boolean,
	"created_at" bigint,
	"updated_at" bigint,
	"short_code" text COLLATE "C",
	"name" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "country_state_country_id" ON "country_state" ("shop", "country_id");

CREATE INDEX "country_state_order" ON "country_state" ("shop", "created_at", "id");

CREATE TABLE "country_state_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"country_state_id" bytea,
	"language_id" bytea,
	"name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "country_state_translation_unique_country_state_id_language_id" ON "country_state_translation" ("shop", "country_state_id", "language_id");

CREATE UNIQUE INDEX "country_state_translation_unique_language_id_country_state_id" ON "country_state_translation" ("shop", "language_id", "country_state_id");

CREATE INDEX "country_state_translation_order" ON "country_state_translation" ("shop", "created_at", "id");

CREATE TABLE "country_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"country_id" bytea,
	"language_id" bytea,
	"name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"custom_fields" json,
	"address_format" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "country_translation_unique_country_id_language_id" ON "country_translation" ("shop", "country_id", "language_id");

CREATE UNIQUE INDEX "country_translation_unique_language_id_country_id" ON "country_translation" ("shop", "language_id", "country_id");

CREATE INDEX "country_translation_order" ON "country_translation" ("shop", "created_at", "id");

CREATE TABLE "currency" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"factor" double precision,
	"symbol_fold" text COLLATE "C",
	"iso_code_fold" text COLLATE "C",
	"short_name_fold" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"position" bigint,
	"tax_free_from" double precision,
	"created_at" bigint,
	"updated_at" bigint,
	"symbol" text COLLATE "C",
	"iso_code" text COLLATE "C",
	"short_name" text COLLATE "C",
	"name" text COLLATE "C",
	"custom_fields" json,
	"item_rounding" json,
	"total_rounding" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "currency_unique_iso_code_fold" ON "currency" ("shop", "iso_code_fold");

CREATE INDEX "currency_order" ON "currency" ("shop", "created_at", "id");

CREATE TABLE "currency_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"currency_id" bytea,
	"language_id" bytea,
	"short_name_fold" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"short_name" text COLLATE "C",
	"name" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "currency_translation_unique_currency_id_language_id" ON "currency_translation" ("shop", "currency_id", "language_id");

CREATE UNIQUE INDEX "currency_translation_unique_language_id_currency_id" ON "currency_translation" ("shop", "language_id", "currency_id");

CREATE INDEX "currency_translation_order" ON "currency_translation" ("shop", "created_at", "id");

CREATE TABLE "custom_field" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name_fold" text COLLATE "C",
	"type_fold" text COLLATE "C",
	"active" boolean,
	"custom_field_set_id" bytea,
	"allow_customer_write" boolean,
	"allow_cart_expose" boolean,
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"type" text COLLATE "C",
	"config" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "custom_field_unique_name_fold" ON "custom_field" ("shop", "name_fold");

CREATE INDEX "custom_field_custom_field_set_id" ON "custom_field" ("shop", "custom_field_set_id") WHERE "custom_field_set_id" IS NOT NULL;

CREATE INDEX "custom_field_order" ON "custom_field" ("shop", "created_at", "id");

CREATE TABLE "custom_field_set" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name_fold" text COLLATE "C",
	"active" boolean,
	"global" boolean,
	"position" bigint,
	"app_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"config" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "custom_field_set_unique_name_fold" ON "custom_field_set" ("shop", "name_fold");

CREATE INDEX "custom_field_set_app_id" ON "custom_field_set" ("shop", "app_id") WHERE "app_id" IS NOT NULL;

CREATE INDEX "custom_field_set_order" ON "custom_field_set" ("shop", "created_at", "id");

CREATE TABLE "custom_field_set_relation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"custom_field_set_id" bytea,
	"entity_name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"entity_name" text COLLATE "C",
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "custom_field_set_relation_unique_custom_field_set_id_entity_name_fold" ON "custom_field_set_relation" ("shop", "custom_field_set_id", "entity_name_fold");

CREATE INDEX "custom_field_set_relation_custom_field_set_id" ON "custom_field_set_relation" ("shop", "custom_field_set_id");

CREATE INDEX "custom_field_set_relation_order" ON "custom_field_set_relation" ("shop", "created_at", "id");

CREATE TABLE "customer" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"group_id" bytea,
	"sales_channel_id" bytea,
	"language_id" bytea,
	"last_payment_method_id" bytea,
	"default_billing_address_id" bytea,
	"default_shipping_address_id" bytea,
	"auto_increment" bigint,
	"customer_number_fold" text COLLATE "C",
	"salutation_id" bytea,
	"first_name_fold" text COLLATE "C",
	"last_name_fold" text COLLATE "C",
	"company_fold" text COLLATE "C",
	"email_fold" text COLLATE "C",
	"title_fold" text COLLATE "C",
	"affiliate_code_fold" text COLLATE "C",
	"campaign_code_fold" text COLLATE "C",
	"active" boolean,
	"double_opt_in_registration" boolean,
	"double_opt_in_email_sent_date" bigint,
	"double_opt_in_confirm_date" bigint,
	"hash_fold" text COLLATE "C",
	"guest" boolean,
	"first_login" bigint,
	"last_login" bigint,
	"birthday" bigint,
	"last_order_date" bigint,
	"order_count" bigint,
	"order_total_amount" double precision,
	"review_count" bigint,
	"legacy_password_fold" text COLLATE "C",
	"legacy_encoder_fold" text COLLATE "C",
	"remote_address_fold" text COLLATE "C",
	"requested_group_id" bytea,
	"bound_sales_channel_id" bytea,
	"account_type_fold" text COLLATE "C",
	"created_by_id" bytea,
	"updated_by_id" bytea,
	"default_payment_method_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	"customer_number" text COLLATE "C",
	"first_name" text COLLATE "C",
	"last_name" text COLLATE "C",
	"company" text COLLATE "C",
	"password" text COLLATE "C",
	"email" text COLLATE "C",
	"title" text COLLATE "C",
	"affiliate_code" text COLLATE "C",
	"campaign_code" text COLLATE "C",
	"hash" text COLLATE "C",
	"legacy_password" text COLLATE "C",
	"legacy_encoder" text COLLATE "C",
	"remote_address" text COLLATE "C",
	"account_type" text COLLATE "C",
	"vat_ids" json,
	"newsletter_sales_channel_ids" json,
	"custom_fields" json,
	"tag_ids" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "customer_unique_customer_number_fold" ON "customer" ("shop", "customer_number_fold");

CREATE INDEX "customer_group_id" ON "customer" ("shop", "group_id");

CREATE INDEX "customer_sales_channel_id" ON "customer" ("shop", "sales_channel_id");

CREATE INDEX "customer_language_id" ON "customer" ("shop", "language_id");

CREATE INDEX "customer_last_payment_method_id" ON "customer" ("shop", "last_payment_method_id") WHERE "last_payment_method_id" IS NOT NULL;

CREATE INDEX "customer_default_billing_address_id" ON "customer" ("shop", "default_billing_address_id");

CREATE INDEX "customer_default_shipping_address_id" ON "customer" ("shop", "default_shipping_address_id");

CREATE INDEX "customer_salutation_id" ON "customer" ("shop", "salutation_id") WHERE "salutation_id" IS NOT NULL;

CREATE INDEX "customer_requested_group_id" ON "customer" ("shop", "requested_group_id") WHERE "requested_group_id" IS NOT NULL;

CREATE INDEX "customer_bound_sales_channel_id" ON "customer" ("shop", "bound_sales_channel_id") WHERE "bound_sales_channel_id" IS NOT NULL;

CREATE INDEX "customer_created_by_id" ON "customer" ("shop", "created_by_id") WHERE "created_by_id" IS NOT NULL;

CREATE INDEX "customer_updated_by_id" ON "customer" ("shop", "updated_by_id") WHERE "updated_by_id" IS NOT NULL;

CREATE INDEX "customer_default_payment_method_id" ON "customer" ("shop", "default_payment_method_id");

CREATE INDEX "customer_order" ON "customer" ("shop", "auto_increment", "id");

CREATE TABLE "customer_address" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"customer_id" bytea,
	"country_id" bytea,
	"country_state_id" bytea,
	"salutation_id" bytea,
	"first_name_fold" text COLLATE "C",
	"last_name_fold" text COLLATE "C",
	"zipcode_fold" text COLLATE "C",
	"city_fold" text COLLATE "C",
	"company_fold" text COLLATE "C",
	"street_fold" text COLLATE "C",
	"department_fold" text COLLATE "C",
	"title_fold" text COLLATE "C",
	"phone_number_fold" text COLLATE "C",
	"additional_address_line1_fold" text COLLATE "C",
	"additional_address_line2_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"first_name" text COLLATE "C",
	"last_name" text COLLATE "C",
	"zipcode" text COLLATE "C",
	"city" text COLLATE "C",
	"company" text COLLATE "C",
	"street" text COLLATE "C",
	"department" text COLLATE "C",
	"title" text COLLATE "C",
	"phone_number" text COLLATE "C",
	"additional_address_line1" text COLLATE "C",
	"additional_address_line2" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "customer_address_customer_id" ON "customer_address" ("shop", "customer_id");

CREATE INDEX "customer_address_country_id" ON "customer_address" ("shop", "country_id");

CREATE INDEX "customer_address_country_state_id" ON "customer_address" ("shop", "country_state_id") WHERE "country_state_id" IS NOT NULL;

CREATE INDEX "customer_address_salutation_id" ON "customer_address" ("shop", "salutation_id") WHERE "salutation_id" IS NOT NULL;

CREATE INDEX "customer_address_order" ON "customer_address" ("shop", "created_at", "id");

CREATE TABLE "customer_group" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name_fold" text COLLATE "C",
	"display_gross" boolean,
	"registration_active" boolean,
	"registration_title_fold" text COLLATE "C",
	"registration_only_company_registration" boolean,
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"registration_title" text COLLATE "C",
	"custom_fields" json,
	"registration_introduction" text COLLATE "C",
	"registration_seo_meta_description" text COLLATE "C",
	PRIMARY KEY (shop, id)
);

CREATE INDEX "customer_group_order" ON "customer_group" ("shop", "created_at", "id");

CREATE TABLE "customer_group_registration_sales_channels" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"customer_group_id" bytea,
	"sales_channel_id" bytea,
	PRIMARY KEY (shop, "customer_group_id", "sales_channel_id")
);

CREATE UNIQUE INDEX "customer_group_registration_sales_channels_unique_sales_channel_id_customer_group_id" ON "customer_group_registration_sales_channels" ("shop", "sales_channel_id", "customer_group_id");

CREATE TABLE "customer_group_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"customer_group_id" bytea,
	"language_id" bytea,
	"name_fold" text COLLATE "C",
	"registration_title_fold" text COLLATE "C",
	"registration_only_company_registration" boolean,
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"registration_title" text COLLATE "C",
	"custom_fields" json,
	"registration_introduction" text COLLATE "C",
	"registration_seo_meta_description" text COLLATE "C",
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "customer_group_translation_unique_customer_group_id_language_id" ON "customer_group_translation" ("shop", "customer_group_id", "language_id");

CREATE UNIQUE INDEX "customer_group_translation_unique_language_id_customer_group_id" ON "customer_group_translation" ("shop", "language_id", "customer_group_id");

CREATE INDEX "customer_group_translation_order" ON "customer_group_translation" ("shop", "created_at", "id");

CREATE TABLE "customer_tag" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"tag_id" bytea,
	"customer_id" bytea,
	PRIMARY KEY (shop, "tag_id", "customer_id")
);

CREATE UNIQUE INDEX "customer_tag_unique_customer_id_tag_id" ON "customer_tag" ("shop", "customer_id", "tag_id");

CREATE TABLE "delivery_time" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name_fold" text COLLATE "C",
	"min" bigint,
	"max" bigint,
	"unit_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"unit" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "delivery_time_order" ON "delivery_time" ("shop", "created_at", "id");

CREATE TABLE "delivery_time_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"delivery_time_id" bytea,
	"language_id" bytea,
	"name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "delivery_time_translation_unique_delivery_time_id_language_id" ON "delivery_time_translation" ("shop", "delivery_time_id", "language_id");

CREATE UNIQUE INDEX "delivery_time_translation_unique_language_id_delivery_time_id" ON "delivery_time_translation" ("shop", "language_id", "delivery_time_id");

CREATE INDEX "delivery_time_translation_order" ON "delivery_time_translation" ("shop", "created_at", "id");

CREATE TABLE "document" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"document_type_id" bytea,
	"file_type_fold" text COLLATE "C",
	"referenced_document_id" bytea,
	"order_id" bytea,
	"document_media_file_id" bytea,
	"sent" boolean,
	"static" boolean,
	"deep_link_code_fold" text COLLATE "C",
	"document_number_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"file_type" text COLLATE "C",
	"deep_link_code" text COLLATE "C",
	"document_number" text COLLATE "C",
	"config" json,
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "document_unique_deep_link_code_fold" ON "document" ("shop", "deep_link_code_fold");

CREATE INDEX "document_document_type_id" ON "document" ("shop", "document_type_id");

CREATE INDEX "document_referenced_document_id" ON "document" ("shop", "referenced_document_id") WHERE "referenced_document_id" IS NOT NULL;

CREATE INDEX "document_order_id" ON "document" ("shop", "order_id");

CREATE INDEX "document_document_media_file_id" ON "document" ("shop", "document_media_file_id") WHERE "document_media_file_id" IS NOT NULL;

CREATE INDEX "document_order" ON "document" ("shop", "created_at", "id");

CREATE TABLE "document_type" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name_fold" text COLLATE "C",
	"technical_name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"technical_name" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "document_type_unique_technical_name_fold" ON "document_type" ("shop", "technical_name_fold");

CREATE INDEX "document_type_order" ON "document_type" ("shop", "created_at", "id");

CREATE TABLE "document_type_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"document_type_id" bytea,
	"language_id" bytea,
	"name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "document_type_translation_unique_document_type_id_language_id" ON "document_type_translation" ("shop", "document_type_id", "language_id");

CREATE UNIQUE INDEX "document_type_translation_unique_language_id_document_type_id" ON "document_type_translation" ("shop", "language_id", "document_type_id");

CREATE INDEX "document_type_translation_order" ON "document_type_translation" ("shop", "created_at", "id");

CREATE TABLE "integration" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"label_fold" text COLLATE "C",
	"access_key_fold" text COLLATE "C",
	"last_usage_at" bigint,
	"admin" boolean,
	"deleted_at" bigint,
	"created_at" bigint,
	"updated_at" bigint,
	"label" text COLLATE "C",
	"access_key" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "integration_unique_access_key_fold" ON "integration" ("shop", "access_key_fold");

CREATE INDEX "integration_order" ON "integration" ("shop", "created_at", "id");

CREATE TABLE "integration_role" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"integration_id" bytea,
	"acl_role_id" bytea,
	PRIMARY KEY (shop, "integration_id", "acl_role_id")
);

CREATE UNIQUE INDEX "integration_role_unique_acl_role_id_integration_id" ON "integration_role" ("shop", "acl_role_id", "integration_id");

CREATE TABLE "language" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"parent_id" bytea,
	"locale_id" bytea,
	"translation_code_id" bytea,
	"name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "language_parent_id" ON "language" ("shop", "parent_id");

CREATE INDEX "language_locale_id" ON "language" ("shop", "locale_id");

CREATE INDEX "language_translation_code_id" ON "language" ("shop", "translation_code_id") WHERE "translation_code_id" IS NOT NULL;

CREATE INDEX "language_order" ON "language" ("shop", "created_at", "id");

CREATE TABLE "locale" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"code_fold" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"territory_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"code" text COLLATE "C",
	"name" text COLLATE "C",
	"territory" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "locale_unique_code_fold" ON "locale" ("shop", "code_fold");

CREATE INDEX "locale_order" ON "locale" ("shop", "created_at", "id");

CREATE TABLE "locale_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"locale_id" bytea,
	"language_id" bytea,
	"name_fold" text COLLATE "C",
	"territory_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"territory" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "locale_translation_unique_locale_id_language_id" ON "locale_translation" ("shop", "locale_id", "language_id");

CREATE UNIQUE INDEX "locale_translation_unique_language_id_locale_id" ON "locale_translation" ("shop", "language_id", "locale_id");

CREATE INDEX "locale_translation_order" ON "locale_translation" ("shop", "created_at", "id");

CREATE TABLE "media" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"user_id" bytea,
	"media_folder_id" bytea,
	"mime_type_fold" text COLLATE "C",
	"file_extension_fold" text COLLATE "C",
	"uploaded_at" bigint,
	"file_size" bigint,
	"title_fold" text COLLATE "C",
	"path_fold" text COLLATE "C",
	"private" boolean,
	"created_at" bigint,
	"updated_at" bigint,
	"mime_type" text COLLATE "C",
	"file_extension" text COLLATE "C",
	"title" text COLLATE "C",
	"path" text COLLATE "C",
	"file_name" text COLLATE "C",
	"media_type_raw" bytea,
	"meta_data" json,
	"config" json,
	"alt" text COLLATE "C",
	"custom_fields" json,
	"thumbnails_ro" bytea,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "media_unique_file_name_file_extension_fold" ON "media" ("shop", "file_name", "file_extension_fold");

CREATE INDEX "media_user_id" ON "media" ("shop", "user_id") WHERE "user_id" IS NOT NULL;

CREATE INDEX "media_media_folder_id" ON "media" ("shop", "media_folder_id") WHERE "media_folder_id" IS NOT NULL;

CREATE INDEX "media_order" ON "media" ("shop", "created_at", "id");

CREATE TABLE "media_default_folder" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"entity_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"entity" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "media_default_folder_unique_entity_fold" ON "media_default_folder" ("shop", "entity_fold");

CREATE INDEX "media_default_folder_order" ON "media_default_folder" ("shop", "created_at", "id");

CREATE TABLE "media_folder" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"use_parent_configuration" boolean,
	"configuration_id" bytea,
	"default_folder_id" bytea,
	"parent_id" bytea,
	"child_count" bigint,
	"path_fold" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"path" text COLLATE "C",
	"name" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "media_folder_unique_default_folder_id" ON "media_folder" ("shop", "default_folder_id");

CREATE INDEX "media_folder_configuration_id" ON "media_folder" ("shop", "configuration_id");

CREATE INDEX "media_folder_default_folder_id" ON "media_folder" ("shop", "default_folder_id") WHERE "default_folder_id" IS NOT NULL;

CREATE INDEX "media_folder_parent_id" ON "media_folder" ("shop", "parent_id");

CREATE INDEX "media_folder_order" ON "media_folder" ("shop", "created_at", "id");

CREATE TABLE "media_folder_configuration" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"create_thumbnails" boolean,
	"keep_aspect_ratio" boolean,
	"thumbnail_quality" bigint,
	"private" boolean,
	"no_association" boolean,
	"created_at" bigint,
	"updated_at" bigint,
	"media_thumbnail_sizes_ro" bytea,
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "media_folder_configuration_order" ON "media_folder_configuration" ("shop", "created_at", "id");

CREATE TABLE "media_folder_configuration_media_thumbnail_size" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"media_folder_configuration_id" bytea,
	"media_thumbnail_size_id" bytea,
	PRIMARY KEY (shop, "media_folder_configuration_id", "media_thumbnail_size_id")
);

CREATE UNIQUE INDEX "media_folder_configuration_media_thumbnail_size_unique_media_thumbnail_size_id_media_folder_configuration_id" ON "media_folder_configuration_media_thumbnail_size" ("shop", "media_thumbnail_size_id", "media_folder_configuration_id");

CREATE TABLE "media_tag" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"tag_id" bytea,
	"media_id" bytea,
	PRIMARY KEY (shop, "tag_id", "media_id")
);

CREATE UNIQUE INDEX "media_tag_unique_media_id_tag_id" ON "media_tag" ("shop", "media_id", "tag_id");

CREATE TABLE "media_thumbnail" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"media_id" bytea,
	"width" bigint,
	"height" bigint,
	"path_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"path" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "media_thumbnail_media_id" ON "media_thumbnail" ("shop", "media_id");

CREATE INDEX "media_thumbnail_order" ON "media_thumbnail" ("shop", "created_at", "id");

CREATE TABLE "media_thumbnail_size" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"width" bigint,
	"height" bigint,
	"created_at" bigint,
	"updated_at" bigint,
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "media_thumbnail_size_unique_width_height" ON "media_thumbnail_size" ("shop", "width", "height");

CREATE INDEX "media_thumbnail_size_order" ON "media_thumbnail_size" ("shop", "created_at", "id");

CREATE TABLE "media_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"media_id" bytea,
	"language_id" bytea,
	"title_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"title" text COLLATE "C",
	"alt" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "media_translation_unique_media_id_language_id" ON "media_translation" ("shop", "media_id", "language_id");

CREATE UNIQUE INDEX "media_translation_unique_language_id_media_id" ON "media_translation" ("shop", "language_id", "media_id");

CREATE INDEX "media_translation_order" ON "media_translation" ("shop", "created_at", "id");

CREATE TABLE "newsletter_recipient" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"email_fold" text COLLATE "C",
	"title_fold" text COLLATE "C",
	"first_name_fold" text COLLATE "C",
	"last_name_fold" text COLLATE "C",
	"zip_code_fold" text COLLATE "C",
	"city_fold" text COLLATE "C",
	"street_fold" text COLLATE "C",
	"status_fold" text COLLATE "C",
	"hash_fold" text COLLATE "C",
	"confirmed_at" bigint,
	"salutation_id" bytea,
	"language_id" bytea,
	"sales_channel_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	"email" text COLLATE "C",
	"title" text COLLATE "C",
	"first_name" text COLLATE "C",
	"last_name" text COLLATE "C",
	"zip_code" text COLLATE "C",
	"city" text COLLATE "C",
	"street" text COLLATE "C",
	"status" text COLLATE "C",
	"hash" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "newsletter_recipient_salutation_id" ON "newsletter_recipient" ("shop", "salutation_id") WHERE "salutation_id" IS NOT NULL;

CREATE INDEX "newsletter_recipient_language_id" ON "newsletter_recipient" ("shop", "language_id");

CREATE INDEX "newsletter_recipient_sales_channel_id" ON "newsletter_recipient" ("shop", "sales_channel_id");

CREATE INDEX "newsletter_recipient_order" ON "newsletter_recipient" ("shop", "created_at", "id");

CREATE TABLE "newsletter_recipient_tag" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"tag_id" bytea,
	"newsletter_recipient_id" bytea,
	PRIMARY KEY (shop, "tag_id", "newsletter_recipient_id")
);

CREATE UNIQUE INDEX "newsletter_recipient_tag_unique_newsletter_recipient_id_tag_id" ON "newsletter_recipient_tag" ("shop", "newsletter_recipient_id", "tag_id");

CREATE TABLE "notification" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"status_fold" text COLLATE "C",
	"admin_only" boolean,
	"created_by_integration_id" bytea,
	"created_by_user_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	"status" text COLLATE "C",
	"message" text COLLATE "C",
	"required_privileges" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "notification_created_by_integration_id" ON "notification" ("shop", "created_by_integration_id") WHERE "created_by_integration_id" IS NOT NULL;

CREATE INDEX "notification_created_by_user_id" ON "notification" ("shop", "created_by_user_id") WHERE "created_by_user_id" IS NOT NULL;

CREATE INDEX "notification_order" ON "notification" ("shop", "created_at", "id");

CREATE TABLE "number_range" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"type_id" bytea,
	"global" boolean,
	"name_fold" text COLLATE "C",
	"description_fold" text COLLATE "C",
	"pattern_fold" text COLLATE "C",
	"start" bigint,
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"description" text COLLATE "C",
	"pattern" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "number_range_type_id" ON "number_range" ("shop", "type_id");

CREATE INDEX "number_range_order" ON "number_range" ("shop", "created_at", "id");

CREATE TABLE "number_range_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"number_range_id" bytea,
	"language_id" bytea,
	"name_fold" text COLLATE "C",
	"description_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"description" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "number_range_translation_unique_number_range_id_language_id" ON "number_range_translation" ("shop", "number_range_id", "language_id");

CREATE UNIQUE INDEX "number_range_translation_unique_language_id_number_range_id" ON "number_range_translation" ("shop", "language_id", "number_range_id");

CREATE INDEX "number_range_translation_order" ON "number_range_translation" ("shop", "created_at", "id");

CREATE TABLE "number_range_type" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"technical_name_fold" text COLLATE "C",
	"type_name_fold" text COLLATE "C",
	"global" boolean,
	"created_at" bigint,
	"updated_at" bigint,
	"technical_name" text COLLATE "C",
	"type_name" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "number_range_type_unique_technical_name_fold" ON "number_range_type" ("shop", "technical_name_fold");

CREATE INDEX "number_range_type_order" ON "number_range_type" ("shop", "created_at", "id");

CREATE TABLE "number_range_type_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"number_range_type_id" bytea,
	"language_id" bytea,
	"type_name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"type_name" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "number_range_type_translation_unique_number_range_type_id_language_id" ON "number_range_type_translation" ("shop", "number_range_type_id", "language_id");

CREATE UNIQUE INDEX "number_range_type_translation_unique_language_id_number_range_type_id" ON "number_range_type_translation" ("shop", "language_id", "number_range_type_id");

CREATE INDEX "number_range_type_translation_order" ON "number_range_type_translation" ("shop", "created_at", "id");

CREATE TABLE "order" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"auto_increment" bigint,
	"order_number_fold" text COLLATE "C",
	"billing_address_id" bytea,
	"currency_id" bytea,
	"language_id" bytea,
	"sales_channel_id" bytea,
	"order_date_time" bigint,
	"order_date" bigint,
	"amount_total" double precision,
	"amount_net" double precision,
	"position_price" double precision,
	"tax_status_fold" text COLLATE "C",
	"shipping_total" double precision,
	"currency_factor" double precision,
	"deep_link_code_fold" text COLLATE "C",
	"affiliate_code_fold" text COLLATE "C",
	"campaign_code_fold" text COLLATE "C",
	"source_fold" text COLLATE "C",
	"state_id" bytea,
	"created_by_id" bytea,
	"updated_by_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	"order_number" text COLLATE "C",
	"tax_status" text COLLATE "C",
	"deep_link_code" text COLLATE "C",
	"affiliate_code" text COLLATE "C",
	"campaign_code" text COLLATE "C",
	"source" text COLLATE "C",
	"price" json,
	"shipping_costs" json,
	"customer_comment" text COLLATE "C",
	"rule_ids" json,
	"custom_fields" json,
	"item_rounding" json,
	"total_rounding" json,
	PRIMARY KEY (shop, id, version_id)
);

CREATE UNIQUE INDEX "order_unique_order_number_fold" ON "order" ("shop", "order_number_fold", "version_id");

CREATE INDEX "order_billing_address_id" ON "order" ("shop", "billing_address_id", "version_id");

CREATE INDEX "order_currency_id" ON "order" ("shop", "currency_id", "version_id");

CREATE INDEX "order_language_id" ON "order" ("shop", "language_id", "version_id");

CREATE INDEX "order_sales_channel_id" ON "order" ("shop", "sales_channel_id", "version_id");

CREATE INDEX "order_state_id" ON "order" ("shop", "state_id", "version_id");

CREATE INDEX "order_created_by_id" ON "order" ("shop", "created_by_id", "version_id") WHERE "created_by_id" IS NOT NULL;

CREATE INDEX "order_updated_by_id" ON "order" ("shop", "updated_by_id", "version_id") WHERE "updated_by_id" IS NOT NULL;

CREATE INDEX "order_order" ON "order" ("shop", "version_id", "auto_increment", "id");

CREATE TABLE "order_address" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"country_id" bytea,
	"country_state_id" bytea,
	"order_id" bytea,
	"salutation_id" bytea,
	"first_name_fold" text COLLATE "C",
	"last_name_fold" text COLLATE "C",
	"street_fold" text COLLATE "C",
	"zipcode_fold" text COLLATE "C",
	"city_fold" text COLLATE "C",
	"company_fold" text COLLATE "C",
	"department_fold" text COLLATE "C",
	"title_fold" text COLLATE "C",
	"vat_id_fold" text COLLATE "C",
	"phone_number_fold" text COLLATE "C",
	"additional_address_line1_fold" text COLLATE "C",
	"additional_address_line2_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"first_name" text COLLATE "C",
	"last_name" text COLLATE "C",
	"street" text COLLATE "C",
	"zipcode" text COLLATE "C",
	"city" text COLLATE "C",
	"company" text COLLATE "C",
	"department" text COLLATE "C",
	"title" text COLLATE "C",
	"vat_id" text COLLATE "C",
	"phone_number" text COLLATE "C",
	"additional_address_line1" text COLLATE "C",
	"additional_address_line2" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "order_address_country_id" ON "order_address" ("shop", "country_id", "version_id");

CREATE INDEX "order_address_country_state_id" ON "order_address" ("shop", "country_state_id", "version_id") WHERE "country_state_id" IS NOT NULL;

CREATE INDEX "order_address_order_id" ON "order_address" ("shop", "order_id", "version_id");

CREATE INDEX "order_address_salutation_id" ON "order_address" ("shop", "salutation_id", "version_id") WHERE "salutation_id" IS NOT NULL;

CREATE INDEX "order_address_order" ON "order_address" ("shop", "version_id", "created_at", "id");

CREATE TABLE "order_customer" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"customer_id" bytea,
	"order_id" bytea,
	"email_fold" text COLLATE "C",
	"salutation_id" bytea,
	"first_name_fold" text COLLATE "C",
	"last_name_fold" text COLLATE "C",
	"company_fold" text COLLATE "C",
	"title_fold" text COLLATE "C",
	"customer_number_fold" text COLLATE "C",
	"remote_address_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"email" text COLLATE "C",
	"first_name" text COLLATE "C",
	"last_name" text COLLATE "C",
	"company" text COLLATE "C",
	"title" text COLLATE "C",
	"customer_number" text COLLATE "C",
	"remote_address" text COLLATE "C",
	"vat_ids" json,
	"custom_fields" json,
	PRIMARY KEY (shop, id, version_id)
);

CREATE UNIQUE INDEX "order_customer_unique_order_id" ON "order_customer" ("shop", "order_id", "version_id");

CREATE INDEX "order_customer_customer_id" ON "order_customer" ("shop", "customer_id", "version_id") WHERE "customer_id" IS NOT NULL;

CREATE INDEX "order_customer_order_id" ON "order_customer" ("shop", "order_id", "version_id");

CREATE INDEX "order_customer_salutation_id" ON "order_customer" ("shop", "salutation_id", "version_id") WHERE "salutation_id" IS NOT NULL;

CREATE INDEX "order_customer_order" ON "order_customer" ("shop", "version_id", "created_at", "id");

CREATE TABLE "order_delivery" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"order_id" bytea,
	"shipping_order_address_id" bytea,
	"shipping_method_id" bytea,
	"state_id" bytea,
	"shipping_date_earliest" bigint,
	"shipping_date_latest" bigint,
	"created_at" bigint,
	"updated_at" bigint,
	"tracking_codes" json,
	"shipping_costs" json,
	"custom_fields" json,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "order_delivery_order_id" ON "order_delivery" ("shop", "order_id", "version_id");

CREATE INDEX "order_delivery_shipping_order_address_id" ON "order_delivery" ("shop", "shipping_order_address_id", "version_id");

CREATE INDEX "order_delivery_shipping_method_id" ON "order_delivery" ("shop", "shipping_method_id", "version_id");

CREATE INDEX "order_delivery_state_id" ON "order_delivery" ("shop", "state_id", "version_id");

CREATE INDEX "order_delivery_order" ON "order_delivery" ("shop", "version_id", "created_at", "id");

CREATE TABLE "order_delivery_position" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"order_delivery_id" bytea,
	"order_line_item_id" bytea,
	"unit_price" double precision,
	"total_price" double precision,
	"quantity" bigint,
	"created_at" bigint,
	"updated_at" bigint,
	"price" json,
	"custom_fields" json,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "order_delivery_position_order_delivery_id" ON "order_delivery_position" ("shop", "order_delivery_id", "version_id");

CREATE INDEX "order_delivery_position_order_line_item_id" ON "order_delivery_position" ("shop", "order_line_item_id", "version_id");

CREATE INDEX "order_delivery_position_order" ON "order_delivery_position" ("shop", "version_id", "created_at", "id");

CREATE TABLE "order_line_item" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"order_id" bytea,
	"product_id" bytea,
	"promotion_id" bytea,
	"parent_id" bytea,
	"cover_id" bytea,
	"identifier_fold" text COLLATE "C",
	"referenced_id_fold" text COLLATE "C",
	"quantity" bigint,
	"label_fold" text COLLATE "C",
	"good" boolean,
	"removable" boolean,
	"stackable" boolean,
	"position" bigint,
	"unit_price" double precision,
	"total_price" double precision,
	"type_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"identifier" text COLLATE "C",
	"referenced_id" text COLLATE "C",
	"label" text COLLATE "C",
	"type" text COLLATE "C",
	"payload" json,
	"states" json,
	"price" json,
	"price_definition" json,
	"description" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "order_line_item_order_id" ON "order_line_item" ("shop", "order_id", "version_id");

CREATE INDEX "order_line_item_product_id" ON "order_line_item" ("shop", "product_id", "version_id") WHERE "product_id" IS NOT NULL;

CREATE INDEX "order_line_item_promotion_id" ON "order_line_item" ("shop", "promotion_id", "version_id") WHERE "promotion_id" IS NOT NULL;

CREATE INDEX "order_line_item_parent_id" ON "order_line_item" ("shop", "parent_id", "version_id");

CREATE INDEX "order_line_item_cover_id" ON "order_line_item" ("shop", "cover_id", "version_id") WHERE "cover_id" IS NOT NULL;

CREATE INDEX "order_line_item_order" ON "order_line_item" ("shop", "version_id", "created_at", "id");

CREATE TABLE "order_tag" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"tag_id" bytea,
	"order_id" bytea,
	PRIMARY KEY (shop, "tag_id", "order_id", version_id)
);

CREATE UNIQUE INDEX "order_tag_unique_order_id_tag_id" ON "order_tag" ("shop", "order_id", "version_id", "tag_id");

CREATE TABLE "order_transaction" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"order_id" bytea,
	"payment_method_id" bytea,
	"state_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	"amount" json,
	"validation_data" json,
	"custom_fields" json,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "order_transaction_order_id" ON "order_transaction" ("shop", "order_id", "version_id");

CREATE INDEX "order_transaction_payment_method_id" ON "order_transaction" ("shop", "payment_method_id", "version_id");

CREATE INDEX "order_transaction_state_id" ON "order_transaction" ("shop", "state_id", "version_id");

CREATE INDEX "order_transaction_order" ON "order_transaction" ("shop", "version_id", "created_at", "id");

CREATE TABLE "order_transaction_capture" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"order_transaction_id" bytea,
	"state_id" bytea,
	"external_reference_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"external_reference" text COLLATE "C",
	"amount" json,
	"custom_fields" json,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "order_transaction_capture_order_transaction_id" ON "order_transaction_capture" ("shop", "order_transaction_id", "version_id");

CREATE INDEX "order_transaction_capture_state_id" ON "order_transaction_capture" ("shop", "state_id", "version_id");

CREATE INDEX "order_transaction_capture_order" ON "order_transaction_capture" ("shop", "version_id", "created_at", "id");

CREATE TABLE "order_transaction_capture_refund" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"capture_id" bytea,
	"state_id" bytea,
	"external_reference_fold" text COLLATE "C",
	"reason_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"external_reference" text COLLATE "C",
	"reason" text COLLATE "C",
	"amount" json,
	"custom_fields" json,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "order_transaction_capture_refund_capture_id" ON "order_transaction_capture_refund" ("shop", "capture_id", "version_id");

CREATE INDEX "order_transaction_capture_refund_state_id" ON "order_transaction_capture_refund" ("shop", "state_id", "version_id");

CREATE INDEX "order_transaction_capture_refund_order" ON "order_transaction_capture_refund" ("shop", "version_id", "created_at", "id");

CREATE TABLE "payment_method" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"plugin_id" bytea,
	"handler_identifier_fold" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"distinguishable_name_fold" text COLLATE "C",
	"position" bigint,
	"active" boolean,
	"after_order_enabled" boolean,
	"availability_rule_id" bytea,
	"media_id" bytea,
	"technical_name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"handler_identifier" text COLLATE "C",
	"name" text COLLATE "C",
	"distinguishable_name" text COLLATE "C",
	"technical_name" text COLLATE "C",
	"description" text COLLATE "C",
	"custom_fields" json,
	"app_urls" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "payment_method_unique_technical_name_fold" ON "payment_method" ("shop", "technical_name_fold");

CREATE INDEX "payment_method_plugin_id" ON "payment_method" ("shop", "plugin_id") WHERE "plugin_id" IS NOT NULL;

CREATE INDEX "payment_method_availability_rule_id" ON "payment_method" ("shop", "availability_rule_id") WHERE "availability_rule_id" IS NOT NULL;

CREATE INDEX "payment_method_media_id" ON "payment_method" ("shop", "media_id") WHERE "media_id" IS NOT NULL;

CREATE INDEX "payment_method_order" ON "payment_method" ("shop", "created_at", "id");

CREATE TABLE "payment_method_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"payment_method_id" bytea,
	"language_id" bytea,
	"name_fold" text COLLATE "C",
	"distinguishable_name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"distinguishable_name" text COLLATE "C",
	"description" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "payment_method_translation_unique_payment_method_id_language_id" ON "payment_method_translation" ("shop", "payment_method_id", "language_id");

CREATE UNIQUE INDEX "payment_method_translation_unique_language_id_payment_method_id" ON "payment_method_translation" ("shop", "language_id", "payment_method_id");

CREATE INDEX "payment_method_translation_order" ON "payment_method_translation" ("shop", "created_at", "id");

CREATE TABLE "plugin" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"base_class_fold" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"composer_name_fold" text COLLATE "C",
	"active" boolean,
	"managed_by_composer" boolean,
	"path_fold" text COLLATE "C",
	"author_fold" text COLLATE "C",
	"copyright_fold" text COLLATE "C",
	"license_fold" text COLLATE "C",
	"version_fold" text COLLATE "C",
	"upgrade_version_fold" text COLLATE "C",
	"installed_at" bigint,
	"upgraded_at" bigint,
	"label_fold" text COLLATE "C",
	"manufacturer_link_fold" text COLLATE "C",
	"support_link_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"base_class" text COLLATE "C",
	"name" text COLLATE "C",
	"composer_name" text COLLATE "C",
	"path" text COLLATE "C",
	"author" text COLLATE "C",
	"copyright" text COLLATE "C",
	"license" text COLLATE "C",
	"version" text COLLATE "C",
	"upgrade_version" text COLLATE "C",
	"label" text COLLATE "C",
	"manufacturer_link" text COLLATE "C",
	"support_link" text COLLATE "C",
	"autoload" json,
	"icon_raw" bytea,
	"description" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "plugin_order" ON "plugin" ("shop", "created_at", "id");

CREATE TABLE "plugin_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"plugin_id" bytea,
	"language_id" bytea,
	"label_fold" text COLLATE "C",
	"manufacturer_link_fold" text COLLATE "C",
	"support_link_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"label" text COLLATE "C",
	"manufacturer_link" text COLLATE "C",
	"support_link" text COLLATE "C",
	"description" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "plugin_translation_unique_plugin_id_language_id" ON "plugin_translation" ("shop", "plugin_id", "language_id");

CREATE UNIQUE INDEX "plugin_translation_unique_language_id_plugin_id" ON "plugin_translation" ("shop", "language_id", "plugin_id");

CREATE INDEX "plugin_translation_order" ON "plugin_translation" ("shop", "created_at", "id");

CREATE TABLE "product" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"parent_id" bytea,
	"manufacturer_id" bytea,
	"unit_id" bytea,
	"tax_id" bytea,
	"cover_id" bytea,
	"delivery_time_id" bytea,
	"feature_set_id" bytea,
	"canonical_product_id" bytea,
	"cms_page_id" bytea,
	"price_gross" double precision,
	"product_number_fold" text COLLATE "C",
	"restock_time" bigint,
	"auto_increment" bigint,
	"active" boolean,
	"available" boolean,
	"is_closeout" boolean,
	"available_stock" bigint,
	"stock" bigint,
	"display_group_fold" text COLLATE "C",
	"manufacturer_number_fold" text COLLATE "C",
	"ean_fold" text COLLATE "C",
	"purchase_steps" bigint,
	"max_purchase" bigint,
	"min_purchase" bigint,
	"purchase_unit" double precision,
	"reference_unit" double precision,
	"shipping_free" boolean,
	"purchase_prices_gross" double precision,
	"mark_as_topseller" boolean,
	"weight" double precision,
	"width" double precision,
	"height" double precision,
	"length" double precision,
	"release_date" bigint,
	"rating_average" double precision,
	"child_count" bigint,
	"custom_field_set_selection_active" boolean,
	"sales" bigint,
	"meta_description_fold" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"meta_title_fold" text COLLATE "C",
	"pack_unit_fold" text COLLATE "C",
	"pack_unit_plural_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"product_number" text COLLATE "C",
	"display_group" text COLLATE "C",
	"manufacturer_number" text COLLATE "C",
	"ean" text COLLATE "C",
	"meta_description" text COLLATE "C",
	"name" text COLLATE "C",
	"meta_title" text COLLATE "C",
	"pack_unit" text COLLATE "C",
	"pack_unit_plural" text COLLATE "C",
	"price" json,
	"variant_listing_config" json,
	"variant_restrictions" json,
	"purchase_prices" json,
	"category_tree" json,
	"property_ids" json,
	"option_ids" json,
	"stream_ids" json,
	"tag_ids" json,
	"category_ids" json,
	"states" json,
	"keywords" text COLLATE "C",
	"description" text COLLATE "C",
	"custom_fields" json,
	"slot_config" json,
	"custom_search_keywords" json,
	PRIMARY KEY (shop, id, version_id)
);

CREATE UNIQUE INDEX "product_unique_product_number_fold" ON "product" ("shop", "product_number_fold", "version_id");

CREATE INDEX "product_parent_id" ON "product" ("shop", "parent_id", "version_id");

CREATE INDEX "product_manufacturer_id" ON "product" ("shop", "manufacturer_id", "version_id") WHERE "manufacturer_id" IS NOT NULL;

CREATE INDEX "product_unit_id" ON "product" ("shop", "unit_id", "version_id") WHERE "unit_id" IS NOT NULL;

CREATE INDEX "product_tax_id" ON "product" ("shop", "tax_id", "version_id");

CREATE INDEX "product_cover_id" ON "product" ("shop", "cover_id", "version_id") WHERE "cover_id" IS NOT NULL;

CREATE INDEX "product_delivery_time_id" ON "product" ("shop", "delivery_time_id", "version_id") WHERE "delivery_time_id" IS NOT NULL;

CREATE INDEX "product_feature_set_id" ON "product" ("shop", "feature_set_id", "version_id") WHERE "feature_set_id" IS NOT NULL;

CREATE INDEX "product_canonical_product_id" ON "product" ("shop", "canonical_product_id", "version_id") WHERE "canonical_product_id" IS NOT NULL;

CREATE INDEX "product_cms_page_id" ON "product" ("shop", "cms_page_id", "version_id") WHERE "cms_page_id" IS NOT NULL;

CREATE INDEX "product_order" ON "product" ("shop", "version_id", "auto_increment", "id");

CREATE TABLE "product_category" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_id" bytea,
	"category_id" bytea,
	PRIMARY KEY (shop, "product_id", "category_id", version_id)
);

CREATE UNIQUE INDEX "product_category_unique_category_id_product_id" ON "product_category" ("shop", "category_id", "version_id", "product_id");

CREATE TABLE "product_category_tree" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_id" bytea,
	"category_id" bytea,
	PRIMARY KEY (shop, "product_id", "category_id", version_id)
);

CREATE UNIQUE INDEX "product_category_tree_unique_category_id_product_id" ON "product_category_tree" ("shop", "category_id", "version_id", "product_id");

CREATE TABLE "product_configurator_setting" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_id" bytea,
	"media_id" bytea,
	"option_id" bytea,
	"position" bigint,
	"created_at" bigint,
	"updated_at" bigint,
	"price" json,
	"custom_fields" json,
	PRIMARY KEY (shop, id, version_id)
);

CREATE UNIQUE INDEX "product_configurator_setting_unique_product_id_option_id" ON "product_configurator_setting" ("shop", "product_id", "option_id", "version_id");

CREATE INDEX "product_configurator_setting_product_id" ON "product_configurator_setting" ("shop", "product_id", "version_id");

CREATE INDEX "product_configurator_setting_media_id" ON "product_configurator_setting" ("shop", "media_id", "version_id") WHERE "media_id" IS NOT NULL;

CREATE INDEX "product_configurator_setting_option_id" ON "product_configurator_setting" ("shop", "option_id", "version_id");

CREATE INDEX "product_configurator_setting_order" ON "product_configurator_setting" ("shop", "version_id", "created_at", "id");

CREATE TABLE "product_custom_field_set" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_id" bytea,
	"custom_field_set_id" bytea,
	PRIMARY KEY (shop, "product_id", "custom_field_set_id", version_id)
);

CREATE UNIQUE INDEX "product_custom_field_set_unique_custom_field_set_id_product_id" ON "product_custom_field_set" ("shop", "custom_field_set_id", "version_id", "product_id");

CREATE TABLE "product_manufacturer" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"media_id" bytea,
	"link_fold" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"link" text COLLATE "C",
	"name" text COLLATE "C",
	"description" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "product_manufacturer_media_id" ON "product_manufacturer" ("shop", "media_id", "version_id") WHERE "media_id" IS NOT NULL;

CREATE INDEX "product_manufacturer_order" ON "product_manufacturer" ("shop", "version_id", "created_at", "id");

CREATE TABLE "product_manufacturer_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_manufacturer_id" bytea,
	"language_id" bytea,
	"name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"description" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id, version_id)
);

CREATE UNIQUE INDEX "product_manufacturer_translation_unique_product_manufacturer_id_language_id" ON "product_manufacturer_translation" ("shop", "product_manufacturer_id", "version_id", "language_id");

CREATE UNIQUE INDEX "product_manufacturer_translation_unique_language_id_product_manufacturer_id" ON "product_manufacturer_translation" ("shop", "language_id", "version_id", "product_manufacturer_id");

CREATE INDEX "product_manufacturer_translation_order" ON "product_manufacturer_translation" ("shop", "version_id", "created_at", "id");

CREATE TABLE "product_media" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_id" bytea,
	"media_id" bytea,
	"position" bigint,
	"created_at" bigint,
	"updated_at" bigint,
	"custom_fields" json,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "product_media_product_id" ON "product_media" ("shop", "product_id", "version_id");

CREATE INDEX "product_media_media_id" ON "product_media" ("shop", "media_id", "version_id");

CREATE INDEX "product_media_order" ON "product_media" ("shop", "version_id", "created_at", "id");

CREATE TABLE "product_option" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_id" bytea,
	"option_id" bytea,
	PRIMARY KEY (shop, "product_id", "option_id", version_id)
);

CREATE UNIQUE INDEX "product_option_unique_option_id_product_id" ON "product_option" ("shop", "option_id", "version_id", "product_id");

CREATE TABLE "product_price" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_id" bytea,
	"rule_id" bytea,
	"price_gross" double precision,
	"quantity_start" bigint,
	"quantity_end" bigint,
	"created_at" bigint,
	"updated_at" bigint,
	"price" json,
	"custom_fields" json,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "product_price_product_id" ON "product_price" ("shop", "product_id", "version_id");

CREATE INDEX "product_price_rule_id" ON "product_price" ("shop", "rule_id", "version_id");

CREATE INDEX "product_price_order" ON "product_price" ("shop", "version_id", "created_at", "id");

CREATE TABLE "product_property" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_id" bytea,
	"option_id" bytea,
	PRIMARY KEY (shop, "product_id", "option_id", version_id)
);

CREATE UNIQUE INDEX "product_property_unique_option_id_product_id" ON "product_property" ("shop", "option_id", "version_id", "product_id");

CREATE TABLE "product_review" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_id" bytea,
	"customer_id" bytea,
	"sales_channel_id" bytea,
	"language_id" bytea,
	"external_user_fold" text COLLATE "C",
	"external_email_fold" text COLLATE "C",
	"title_fold" text COLLATE "C",
	"points" double precision,
	"status" boolean,
	"created_at" bigint,
	"updated_at" bigint,
	"external_user" text COLLATE "C",
	"external_email" text COLLATE "C",
	"title" text COLLATE "C",
	"content" text COLLATE "C",
	"comment" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "product_review_product_id" ON "product_review" ("shop", "product_id");

CREATE INDEX "product_review_customer_id" ON "product_review" ("shop", "customer_id") WHERE "customer_id" IS NOT NULL;

CREATE INDEX "product_review_sales_channel_id" ON "product_review" ("shop", "sales_channel_id");

CREATE INDEX "product_review_language_id" ON "product_review" ("shop", "language_id");

CREATE INDEX "product_review_order" ON "product_review" ("shop", "created_at", "id");

CREATE TABLE "product_tag" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_id" bytea,
	"tag_id" bytea,
	PRIMARY KEY (shop, "product_id", "tag_id", version_id)
);

CREATE UNIQUE INDEX "product_tag_unique_tag_id_product_id" ON "product_tag" ("shop", "tag_id", "version_id", "product_id");

CREATE TABLE "product_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_id" bytea,
	"language_id" bytea,
	"meta_description_fold" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"meta_title_fold" text COLLATE "C",
	"pack_unit_fold" text COLLATE "C",
	"pack_unit_plural_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"meta_description" text COLLATE "C",
	"name" text COLLATE "C",
	"meta_title" text COLLATE "C",
	"pack_unit" text COLLATE "C",
	"pack_unit_plural" text COLLATE "C",
	"keywords" text COLLATE "C",
	"description" text COLLATE "C",
	"custom_fields" json,
	"slot_config" json,
	"custom_search_keywords" json,
	PRIMARY KEY (shop, id, version_id)
);

CREATE UNIQUE INDEX "product_translation_unique_product_id_language_id" ON "product_translation" ("shop", "product_id", "version_id", "language_id");

CREATE UNIQUE INDEX "product_translation_unique_language_id_product_id" ON "product_translation" ("shop", "language_id", "version_id", "product_id");

CREATE INDEX "product_translation_order" ON "product_translation" ("shop", "version_id", "created_at", "id");

CREATE TABLE "product_visibility" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_id" bytea,
	"sales_channel_id" bytea,
	"visibility" bigint,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id, version_id)
);

CREATE UNIQUE INDEX "product_visibility_unique_product_id_sales_channel_id" ON "product_visibility" ("shop", "product_id", "sales_channel_id", "version_id");

CREATE INDEX "product_visibility_product_id" ON "product_visibility" ("shop", "product_id", "version_id");

CREATE INDEX "product_visibility_sales_channel_id" ON "product_visibility" ("shop", "sales_channel_id", "version_id");

CREATE INDEX "product_visibility_order" ON "product_visibility" ("shop", "version_id", "created_at", "id");

CREATE TABLE "property_group" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name_fold" text COLLATE "C",
	"display_type_fold" text COLLATE "C",
	"sorting_type_fold" text COLLATE "C",
	"filterable" boolean,
	"visible_on_product_detail_page" boolean,
	"position" bigint,
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"display_type" text COLLATE "C",
	"sorting_type" text COLLATE "C",
	"description" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "property_group_order" ON "property_group" ("shop", "created_at", "id");

CREATE TABLE "property_group_option" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"group_id" bytea,
	"name_fold" text COLLATE "C",
	"position" bigint,
	"color_hex_code_fold" text COLLATE "C",
	"media_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"color_hex_code" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "property_group_option_group_id" ON "property_group_option" ("shop", "group_id");

CREATE INDEX "property_group_option_media_id" ON "property_group_option" ("shop", "media_id") WHERE "media_id" IS NOT NULL;

CREATE INDEX "property_group_option_order" ON "property_group_option" ("shop", "created_at", "id");

CREATE TABLE "property_group_option_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"property_group_option_id" bytea,
	"language_id" bytea,
	"name_fold" text COLLATE "C",
	"position" bigint,
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "property_group_option_translation_unique_property_group_option_id_language_id" ON "property_group_option_translation" ("shop", "property_group_option_id", "language_id");

CREATE UNIQUE INDEX "property_group_option_translation_unique_language_id_property_group_option_id" ON "property_group_option_translation" ("shop", "language_id", "property_group_option_id");

CREATE INDEX "property_group_option_translation_order" ON "property_group_option_translation" ("shop", "created_at", "id");

CREATE TABLE "property_group_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"property_group_id" bytea,
	"language_id" bytea,
	"name_fold" text COLLATE "C",
	"position" bigint,
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"description" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "property_group_translation_unique_property_group_id_language_id" ON "property_group_translation" ("shop", "property_group_id", "language_id");

CREATE UNIQUE INDEX "property_group_translation_unique_language_id_property_group_id" ON "property_group_translation" ("shop", "language_id", "property_group_id");

CREATE INDEX "property_group_translation_order" ON "property_group_translation" ("shop", "created_at", "id");

CREATE TABLE "rule" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name_fold" text COLLATE "C",
	"priority" bigint,
	"invalid" boolean,
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"description" text COLLATE "C",
	"payload" bytea,
	"areas" json,
	"custom_fields" json,
	"module_types" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "rule_order" ON "rule" ("shop", "created_at", "id");

CREATE TABLE "rule_condition" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"type_fold" text COLLATE "C",
	"rule_id" bytea,
	"script_id" bytea,
	"parent_id" bytea,
	"position" bigint,
	"created_at" bigint,
	"updated_at" bigint,
	"type" text COLLATE "C",
	"value" json,
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "rule_condition_rule_id" ON "rule_condition" ("shop", "rule_id");

CREATE INDEX "rule_condition_script_id" ON "rule_condition" ("shop", "script_id") WHERE "script_id" IS NOT NULL;

CREATE INDEX "rule_condition_parent_id" ON "rule_condition" ("shop", "parent_id");

CREATE INDEX "rule_condition_order" ON "rule_condition" ("shop", "created_at", "id");

CREATE TABLE "rule_tag" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"tag_id" bytea,
	"rule_id" bytea,
	PRIMARY KEY (shop, "tag_id", "rule_id")
);

CREATE UNIQUE INDEX "rule_tag_unique_rule_id_tag_id" ON "rule_tag" ("shop", "rule_id", "tag_id");

CREATE TABLE "sales_channel" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"type_id" bytea,
	"language_id" bytea,
	"customer_group_id" bytea,
	"currency_id" bytea,
	"payment_method_id" bytea,
	"shipping_method_id" bytea,
	"country_id" bytea,
	"analytics_id" bytea,
	"navigation_category_id" bytea,
	"navigation_category_depth" bigint,
	"footer_category_id" bytea,
	"service_category_id" bytea,
	"mail_header_footer_id" bytea,
	"hreflang_default_domain_id" bytea,
	"name_fold" text COLLATE "C",
	"short_name_fold" text COLLATE "C",
	"tax_calculation_type_fold" text COLLATE "C",
	"access_key_fold" text COLLATE "C",
	"active" boolean,
	"hreflang_active" boolean,
	"maintenance" boolean,
	"home_cms_page_id" bytea,
	"home_enabled" boolean,
	"home_name_fold" text COLLATE "C",
	"home_meta_title_fold" text COLLATE "C",
	"home_meta_description_fold" text COLLATE "C",
	"home_keywords_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"short_name" text COLLATE "C",
	"tax_calculation_type" text COLLATE "C",
	"access_key" text COLLATE "C",
	"home_name" text COLLATE "C",
	"home_meta_title" text COLLATE "C",
	"home_meta_description" text COLLATE "C",
	"home_keywords" text COLLATE "C",
	"configuration" json,
	"maintenance_ip_whitelist" json,
	"custom_fields" json,
	"payment_method_ids" json,
	"home_slot_config" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "sales_channel_unique_access_key_fold" ON "sales_channel" ("shop", "access_key_fold");

CREATE INDEX "sales_channel_type_id" ON "sales_channel" ("shop", "type_id");

CREATE INDEX "sales_channel_language_id" ON "sales_channel" ("shop", "language_id");

CREATE INDEX "sales_channel_customer_group_id" ON "sales_channel" ("shop", "customer_group_id");

CREATE INDEX "sales_channel_currency_id" ON "sales_channel" ("shop", "currency_id");

CREATE INDEX "sales_channel_payment_method_id" ON "sales_channel" ("shop", "payment_method_id");

CREATE INDEX "sales_channel_shipping_method_id" ON "sales_channel" ("shop", "shipping_method_id");

CREATE INDEX "sales_channel_country_id" ON "sales_channel" ("shop", "country_id");

CREATE INDEX "sales_channel_analytics_id" ON "sales_channel" ("shop", "analytics_id") WHERE "analytics_id" IS NOT NULL;

CREATE INDEX "sales_channel_navigation_category_id" ON "sales_channel" ("shop", "navigation_category_id");

CREATE INDEX "sales_channel_footer_category_id" ON "sales_channel" ("shop", "footer_category_id") WHERE "footer_category_id" IS NOT NULL;

CREATE INDEX "sales_channel_service_category_id" ON "sales_channel" ("shop", "service_category_id") WHERE "service_category_id" IS NOT NULL;

CREATE INDEX "sales_channel_mail_header_footer_id" ON "sales_channel" ("shop", "mail_header_footer_id") WHERE "mail_header_footer_id" IS NOT NULL;

CREATE INDEX "sales_channel_hreflang_default_domain_id" ON "sales_channel" ("shop", "hreflang_default_domain_id") WHERE "hreflang_default_domain_id" IS NOT NULL;

CREATE INDEX "sales_channel_home_cms_page_id" ON "sales_channel" ("shop", "home_cms_page_id") WHERE "home_cms_page_id" IS NOT NULL;

CREATE INDEX "sales_channel_order" ON "sales_channel" ("shop", "created_at", "id");

CREATE TABLE "sales_channel_country" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"country_id" bytea,
	"sales_channel_id" bytea,
	PRIMARY KEY (shop, "country_id", "sales_channel_id")
);

CREATE UNIQUE INDEX "sales_channel_country_unique_sales_channel_id_country_id" ON "sales_channel_country" ("shop", "sales_channel_id", "country_id");

CREATE TABLE "sales_channel_currency" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"currency_id" bytea,
	"sales_channel_id" bytea,
	PRIMARY KEY (shop, "currency_id", "sales_channel_id")
);

CREATE UNIQUE INDEX "sales_channel_currency_unique_sales_channel_id_currency_id" ON "sales_channel_currency" ("shop", "sales_channel_id", "currency_id");

CREATE TABLE "sales_channel_domain" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"url_fold" text COLLATE "C",
	"sales_channel_id" bytea,
	"language_id" bytea,
	"currency_id" bytea,
	"snippet_set_id" bytea,
	"hreflang_use_only_locale" boolean,
	"created_at" bigint,
	"updated_at" bigint,
	"url" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "sales_channel_domain_unique_url_fold" ON "sales_channel_domain" ("shop", "url_fold");

CREATE INDEX "sales_channel_domain_sales_channel_id" ON "sales_channel_domain" ("shop", "sales_channel_id");

CREATE INDEX "sales_channel_domain_language_id" ON "sales_channel_domain" ("shop", "language_id");

CREATE INDEX "sales_channel_domain_currency_id" ON "sales_channel_domain" ("shop", "currency_id");

CREATE INDEX "sales_channel_domain_snippet_set_id" ON "sales_channel_domain" ("shop", "snippet_set_id");

CREATE INDEX "sales_channel_domain_order" ON "sales_channel_domain" ("shop", "created_at", "id");

CREATE TABLE "sales_channel_language" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"language_id" bytea,
	"sales_channel_id" bytea,
	PRIMARY KEY (shop, "language_id", "sales_channel_id")
);

CREATE UNIQUE INDEX "sales_channel_language_unique_sales_channel_id_language_id" ON "sales_channel_language" ("shop", "sales_channel_id", "language_id");

CREATE TABLE "sales_channel_payment_method" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"sales_channel_id" bytea,
	"payment_method_id" bytea,
	PRIMARY KEY (shop, "sales_channel_id", "payment_method_id")
);

CREATE UNIQUE INDEX "sales_channel_payment_method_unique_payment_method_id_sales_channel_id" ON "sales_channel_payment_method" ("shop", "payment_method_id", "sales_channel_id");

CREATE TABLE "sales_channel_shipping_method" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"sales_channel_id" bytea,
	"shipping_method_id" bytea,
	PRIMARY KEY (shop, "sales_channel_id", "shipping_method_id")
);

CREATE UNIQUE INDEX "sales_channel_shipping_method_unique_shipping_method_id_sales_channel_id" ON "sales_channel_shipping_method" ("shop", "shipping_method_id", "sales_channel_id");

CREATE TABLE "sales_channel_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"sales_channel_id" bytea,
	"language_id" bytea,
	"name_fold" text COLLATE "C",
	"home_enabled" boolean,
	"home_name_fold" text COLLATE "C",
	"home_meta_title_fold" text COLLATE "C",
	"home_meta_description_fold" text COLLATE "C",
	"home_keywords_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"home_name" text COLLATE "C",
	"home_meta_title" text COLLATE "C",
	"home_meta_description" text COLLATE "C",
	"home_keywords" text COLLATE "C",
	"custom_fields" json,
	"home_slot_config" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "sales_channel_translation_unique_sales_channel_id_language_id" ON "sales_channel_translation" ("shop", "sales_channel_id", "language_id");

CREATE UNIQUE INDEX "sales_channel_translation_unique_language_id_sales_channel_id" ON "sales_channel_translation" ("shop", "language_id", "sales_channel_id");

CREATE INDEX "sales_channel_translation_order" ON "sales_channel_translation" ("shop", "created_at", "id");

CREATE TABLE "sales_channel_type" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"cover_url_fold" text COLLATE "C",
	"icon_name_fold" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"manufacturer_fold" text COLLATE "C",
	"description_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"cover_url" text COLLATE "C",
	"icon_name" text COLLATE "C",
	"name" text COLLATE "C",
	"manufacturer" text COLLATE "C",
	"description" text COLLATE "C",
	"screenshot_urls" json,
	"description_long" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "sales_channel_type_order" ON "sales_channel_type" ("shop", "created_at", "id");

CREATE TABLE "sales_channel_type_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"sales_channel_type_id" bytea,
	"language_id" bytea,
	"name_fold" text COLLATE "C",
	"manufacturer_fold" text COLLATE "C",
	"description_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"manufacturer" text COLLATE "C",
	"description" text COLLATE "C",
	"description_long" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "sales_channel_type_translation_unique_sales_channel_type_id_language_id" ON "sales_channel_type_translation" ("shop", "sales_channel_type_id", "language_id");

CREATE UNIQUE INDEX "sales_channel_type_translation_unique_language_id_sales_channel_type_id" ON "sales_channel_type_translation" ("shop", "language_id", "sales_channel_type_id");

CREATE INDEX "sales_channel_type_translation_order" ON "sales_channel_type_translation" ("shop", "created_at", "id");

CREATE TABLE "salutation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"salutation_key_fold" text COLLATE "C",
	"display_name_fold" text COLLATE "C",
	"letter_name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"salutation_key" text COLLATE "C",
	"display_name" text COLLATE "C",
	"letter_name" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "salutation_unique_salutation_key_fold" ON "salutation" ("shop", "salutation_key_fold");

CREATE INDEX "salutation_order" ON "salutation" ("shop", "created_at", "id");

CREATE TABLE "salutation_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"salutation_id" bytea,
	"language_id" bytea,
	"display_name_fold" text COLLATE "C",
	"letter_name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"display_name" text COLLATE "C",
	"letter_name" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "salutation_translation_unique_salutation_id_language_id" ON "salutation_translation" ("shop", "salutation_id", "language_id");

CREATE UNIQUE INDEX "salutation_translation_unique_language_id_salutation_id" ON "salutation_translation" ("shop", "language_id", "salutation_id");

CREATE INDEX "salutation_translation_order" ON "salutation_translation" ("shop", "created_at", "id");

CREATE TABLE "script" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"hook_fold" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"active" boolean,
	"app_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	"hook" text COLLATE "C",
	"name" text COLLATE "C",
	"script" text COLLATE "C",
	PRIMARY KEY (shop, id)
);

CREATE INDEX "script_app_id" ON "script" ("shop", "app_id") WHERE "app_id" IS NOT NULL;

CREATE INDEX "script_order" ON "script" ("shop", "created_at", "id");

CREATE TABLE "seo_url" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"sales_channel_id" bytea,
	"language_id" bytea,
	"foreign_key" bytea,
	"route_name_fold" text COLLATE "C",
	"path_info_fold" text COLLATE "C",
	"seo_path_info_fold" text COLLATE "C",
	"is_canonical" boolean,
	"is_modified" boolean,
	"is_deleted" boolean,
	"created_at" bigint,
	"updated_at" bigint,
	"route_name" text COLLATE "C",
	"path_info" text COLLATE "C",
	"seo_path_info" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "seo_url_sales_channel_id" ON "seo_url" ("shop", "sales_channel_id") WHERE "sales_channel_id" IS NOT NULL;

CREATE INDEX "seo_url_language_id" ON "seo_url" ("shop", "language_id");

CREATE INDEX "seo_url_order" ON "seo_url" ("shop", "created_at", "id");

CREATE TABLE "shipping_method" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name_fold" text COLLATE "C",
	"active" boolean,
	"position" bigint,
	"availability_rule_id" bytea,
	"media_id" bytea,
	"delivery_time_id" bytea,
	"tax_type_fold" text COLLATE "C",
	"tax_id" bytea,
	"description_fold" text COLLATE "C",
	"technical_name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"tax_type" text COLLATE "C",
	"technical_name" text COLLATE "C",
	"custom_fields" json,
	"description" text COLLATE "C",
	"tracking_url" text COLLATE "C",
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "shipping_method_unique_technical_name_fold" ON "shipping_method" ("shop", "technical_name_fold");

CREATE INDEX "shipping_method_availability_rule_id" ON "shipping_method" ("shop", "availability_rule_id") WHERE "availability_rule_id" IS NOT NULL;

CREATE INDEX "shipping_method_media_id" ON "shipping_method" ("shop", "media_id") WHERE "media_id" IS NOT NULL;

CREATE INDEX "shipping_method_delivery_time_id" ON "shipping_method" ("shop", "delivery_time_id");

CREATE INDEX "shipping_method_tax_id" ON "shipping_method" ("shop", "tax_id") WHERE "tax_id" IS NOT NULL;

CREATE INDEX "shipping_method_order" ON "shipping_method" ("shop", "created_at", "id");

CREATE TABLE "shipping_method_price" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"shipping_method_id" bytea,
	"rule_id" bytea,
	"calculation" bigint,
	"calculation_rule_id" bytea,
	"quantity_start" double precision,
	"quantity_end" double precision,
	"currency_price_gross" double precision,
	"created_at" bigint,
	"updated_at" bigint,
	"currency_price" json,
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "shipping_method_price_shipping_method_id" ON "shipping_method_price" ("shop", "shipping_method_id");

CREATE INDEX "shipping_method_price_rule_id" ON "shipping_method_price" ("shop", "rule_id") WHERE "rule_id" IS NOT NULL;

CREATE INDEX "shipping_method_price_calculation_rule_id" ON "shipping_method_price" ("shop", "calculation_rule_id") WHERE "calculation_rule_id" IS NOT NULL;

CREATE INDEX "shipping_method_price_order" ON "shipping_method_price" ("shop", "created_at", "id");

CREATE TABLE "shipping_method_tag" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"tag_id" bytea,
	"shipping_method_id" bytea,
	PRIMARY KEY (shop, "tag_id", "shipping_method_id")
);

CREATE UNIQUE INDEX "shipping_method_tag_unique_shipping_method_id_tag_id" ON "shipping_method_tag" ("shop", "shipping_method_id", "tag_id");

CREATE TABLE "shipping_method_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"shipping_method_id" bytea,
	"language_id" bytea,
	"name_fold" text COLLATE "C",
	"description_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"custom_fields" json,
	"description" text COLLATE "C",
	"tracking_url" text COLLATE "C",
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "shipping_method_translation_unique_shipping_method_id_language_id" ON "shipping_method_translation" ("shop", "shipping_method_id", "language_id");

CREATE UNIQUE INDEX "shipping_method_translation_unique_language_id_shipping_method_id" ON "shipping_method_translation" ("shop", "language_id", "shipping_method_id");

CREATE INDEX "shipping_method_translation_order" ON "shipping_method_translation" ("shop", "created_at", "id");

CREATE TABLE "snippet_set" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name_fold" text COLLATE "C",
	"base_file_fold" text COLLATE "C",
	"iso_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"base_file" text COLLATE "C",
	"iso" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "snippet_set_order" ON "snippet_set" ("shop", "created_at", "id");

CREATE TABLE "state_machine" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"technical_name_fold" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"initial_state_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	"technical_name" text COLLATE "C",
	"name" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "state_machine_unique_technical_name_fold" ON "state_machine" ("shop", "technical_name_fold");

CREATE INDEX "state_machine_initial_state_id" ON "state_machine" ("shop", "initial_state_id") WHERE "initial_state_id" IS NOT NULL;

CREATE INDEX "state_machine_order" ON "state_machine" ("shop", "created_at", "id");

CREATE TABLE "state_machine_history" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"referenced_id" bytea,
	"referenced_version_id" bytea,
	"state_machine_id" bytea,
	"entity_name_fold" text COLLATE "C",
	"from_state_id" bytea,
	"to_state_id" bytea,
	"transition_action_name_fold" text COLLATE "C",
	"user_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	"entity_name" text COLLATE "C",
	"transition_action_name" text COLLATE "C",
	PRIMARY KEY (shop, id)
);

CREATE INDEX "state_machine_history_state_machine_id" ON "state_machine_history" ("shop", "state_machine_id");

CREATE INDEX "state_machine_history_from_state_id" ON "state_machine_history" ("shop", "from_state_id");

CREATE INDEX "state_machine_history_to_state_id" ON "state_machine_history" ("shop", "to_state_id");

CREATE INDEX "state_machine_history_user_id" ON "state_machine_history" ("shop", "user_id") WHERE "user_id" IS NOT NULL;

CREATE INDEX "state_machine_history_order" ON "state_machine_history" ("shop", "created_at", "id");

CREATE TABLE "state_machine_state" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"technical_name_fold" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"state_machine_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	"technical_name" text COLLATE "C",
	"name" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "state_machine_state_unique_state_machine_id_technical_name_fold" ON "state_machine_state" ("shop", "state_machine_id", "technical_name_fold");

CREATE INDEX "state_machine_state_state_machine_id" ON "state_machine_state" ("shop", "state_machine_id");

CREATE INDEX "state_machine_state_order" ON "state_machine_state" ("shop", "created_at", "id");

CREATE TABLE "state_machine_state_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"state_machine_state_id" bytea,
	"language_id" bytea,
	"name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "state_machine_state_translation_unique_state_machine_state_id_language_id" ON "state_machine_state_translation" ("shop", "state_machine_state_id", "language_id");

CREATE UNIQUE INDEX "state_machine_state_translation_unique_language_id_state_machine_state_id" ON "state_machine_state_translation" ("shop", "language_id", "state_machine_state_id");

CREATE INDEX "state_machine_state_translation_order" ON "state_machine_state_translation" ("shop", "created_at", "id");

CREATE TABLE "state_machine_transition" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"action_name_fold" text COLLATE "C",
	"state_machine_id" bytea,
	"from_state_id" bytea,
	"to_state_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	"action_name" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "state_machine_transition_state_machine_id" ON "state_machine_transition" ("shop", "state_machine_id");

CREATE INDEX "state_machine_transition_from_state_id" ON "state_machine_transition" ("shop", "from_state_id");

CREATE INDEX "state_machine_transition_to_state_id" ON "state_machine_transition" ("shop", "to_state_id");

CREATE INDEX "state_machine_transition_order" ON "state_machine_transition" ("shop", "created_at", "id");

CREATE TABLE "state_machine_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"state_machine_id" bytea,
	"language_id" bytea,
	"name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "state_machine_translation_unique_state_machine_id_language_id" ON "state_machine_translation" ("shop", "state_machine_id", "language_id");

CREATE UNIQUE INDEX "state_machine_translation_unique_language_id_state_machine_id" ON "state_machine_translation" ("shop", "language_id", "state_machine_id");

CREATE INDEX "state_machine_translation_order" ON "state_machine_translation" ("shop", "created_at", "id");

CREATE TABLE "system_config" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"configuration_key_fold" text COLLATE "C",
	"sales_channel_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	"configuration_key" text COLLATE "C",
	"configuration_value" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "system_config_unique_configuration_key_fold_sales_channel_id" ON "system_config" ("shop", "configuration_key_fold", "sales_channel_id");

CREATE INDEX "system_config_sales_channel_id" ON "system_config" ("shop", "sales_channel_id") WHERE "sales_channel_id" IS NOT NULL;

CREATE INDEX "system_config_order" ON "system_config" ("shop", "created_at", "id");

CREATE TABLE "tag" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	PRIMARY KEY (shop, id)
);

CREATE INDEX "tag_order" ON "tag" ("shop", "created_at", "id");

CREATE TABLE "tax" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"tax_rate" double precision,
	"name_fold" text COLLATE "C",
	"position" bigint,
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "tax_order" ON "tax" ("shop", "created_at", "id");

CREATE TABLE "unit" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"short_code_fold" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"short_code" text COLLATE "C",
	"name" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "unit_order" ON "unit" ("shop", "created_at", "id");

CREATE TABLE "unit_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"unit_id" bytea,
	"language_id" bytea,
	"short_code_fold" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	"short_code" text COLLATE "C",
	"name" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "unit_translation_unique_unit_id_language_id" ON "unit_translation" ("shop", "unit_id", "language_id");

CREATE UNIQUE INDEX "unit_translation_unique_language_id_unit_id" ON "unit_translation" ("shop", "language_id", "unit_id");

CREATE INDEX "unit_translation_order" ON "unit_translation" ("shop", "created_at", "id");

CREATE TABLE "user" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"locale_id" bytea,
	"username_fold" text COLLATE "C",
	"first_name_fold" text COLLATE "C",
	"last_name_fold" text COLLATE "C",
	"title_fold" text COLLATE "C",
	"email_fold" text COLLATE "C",
	"active" boolean,
	"admin" boolean,
	"last_updated_password_at" bigint,
	"time_zone_fold" text COLLATE "C",
	"avatar_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	"username" text COLLATE "C",
	"first_name" text COLLATE "C",
	"last_name" text COLLATE "C",
	"title" text COLLATE "C",
	"email" text COLLATE "C",
	"time_zone" text COLLATE "C",
	"custom_fields" json,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "user_unique_username_fold" ON "user" ("shop", "username_fold");

CREATE UNIQUE INDEX "user_unique_email_fold" ON "user" ("shop", "email_fold");

CREATE INDEX "user_locale_id" ON "user" ("shop", "locale_id");

CREATE INDEX "user_avatar_id" ON "user" ("shop", "avatar_id") WHERE "avatar_id" IS NOT NULL;

CREATE INDEX "user_order" ON "user" ("shop", "created_at", "id");

CREATE TABLE "version" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name_fold" text COLLATE "C",
	"entity_name_fold" text COLLATE "C",
	"referenced_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	"name" text COLLATE "C",
	"entity_name" text COLLATE "C",
	PRIMARY KEY (shop, id)
);

CREATE INDEX "version_referenced_id" ON "version" ("shop", "referenced_id");

CREATE INDEX "version_order" ON "version" ("shop", "created_at", "id");
