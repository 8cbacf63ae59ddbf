/// The English words that seed phrases of wallets are made of (BIP-39). Their first four letters tell them apart, so that
/// these and the length stand for each: `bil7` in a line of `A` for `ability`.
enum SeedWords {
    static let lengths = 3...8

    /// - Parameter word: 3 to 8 lower-case letters.
    static func contains(_ text: ScannedText, _ word: Range<Int>) -> Bool {
        var packed: UInt32 = 0
        for index in word.lowerBound..<(word.lowerBound + 4) {
            packed = packed << 5 | (index < word.upperBound ? UInt32(text[index] & 31) : 0)
        }
        let key = packed << 4 | UInt32(word.count)
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low < keys.count && keys[low] == key
    }

    private static func key(_ letters: [UInt8], length: Int) -> UInt32 {
        // Five bits a letter, four for the length.
        let packed = (0..<4).reduce(UInt32(0)) { packed, place in
            packed << 5 | (place < letters.count ? UInt32(letters[place] & 31) : 0)
        }
        return packed << 4 | UInt32(length)
    }

    private static let keys: [UInt32] = table.split(separator: "\n").flatMap { line in
        let entries = line.split(separator: " ")
        let first = Array(entries.first?.utf8.map(\.lowered) ?? [])
        return entries.dropFirst().map { entry in
            key(first + entry.utf8.dropLast(), length: Int(entry.utf8.last ?? 48) - 48)
        }
    }.sorted()

    private static let table = """
        A ban7 bil7 ble4 bou5 bov5 bse6 bso6 bst8 bsu6 bus5 cce6 cci8 cco7 ccu6 chi7 cid4 cou8 cqu7 cro6 ct3
        A cti6 cto5 ctr7 ctu6 dap5 dd3 ddi6 ddr7 dju6 dmi5 dul5 dva7 dvi6 ero7 ffa6 ffo6 fra6 gai5 ge3 gen5 gre5
        A hea5 im3 ir3 irp7 isl5 lar5 lbu5 lco7 ler5 lie5 ll3 lle5 llo5 lmo6 lon5 lph5 lre7 lso4 lte5 lwa6 mat7
        A maz7 mon5 mou6 mus6 nal7 nch6 nci7 nge5 ngl5 ngr5 nim6 nkl5 nno8 nnu6 not7 nsw6 nte7 nti7 nxi7 ny3
        A par5 pol7 ppe6 ppl5 ppr7 pri5 rch4 rct6 rea4 ren5 rgu5 rm3 rme5 rmo5 rmy4 rou6 rra7 rre6 rri6 rro5 rt3
        A rte8 rti6 rtw7 sk3 spe6 ssa7 sse5 ssi6 ssu6 sth6 thl7 tom4 tta6 tte6 tti8 ttr7 uct7 udi5 ugu6 unt4
        A uth6 uto4 utu6 ver7 voc7 voi5 wak5 war5 way4 wes7 wfu5 wkw7 xis4
        B aby4 ach8 aco5 adg5 ag3 ala7 alc7 all4 amb6 ana6 ann6 ar3 are6 arg7 arr6 ase4 asi5 ask6 att6 eac5 ean4
        B eau6 eca7 eco6 eef4 efo6 egi5 eha6 ehi6 eli7 elo5 elt4 enc5 ene7 est4 etr6 ett6 etw7 eyo6 icy7 id3
        B ike4 ind4 iol7 ird4 irt5 itt6 lac5 lad5 lam5 lan7 las5 lea5 les5 lin5 loo5 los7 lou6 lue4 lur4 lus5
        B oar5 oat4 ody4 oil4 omb4 one4 onu5 ook4 oos5 ord6 ori6 orr6 oss4 ott6 oun6 ox3 oy3 rac7 rai5 ran5 ras5
        B rav5 rea5 ree6 ric5 rid6 rie5 rig6 rin5 ris5 roc8 rok6 ron6 roo5 rot7 row5 rus5 ubb6 udd5 udg6 uff7
        B uil5 ulb4 ulk4 ull6 und6 unk6 urd6 urg6 urs5 us3 usi8 usy4 utt6 uye5 uzz4
        C abb7 abi5 abl5 act6 age4 ake4 all4 alm4 ame6 amp4 an3 ana5 anc6 and5 ann6 ano5 anv6 any6 apa7 api7
        C apt7 ar3 arb6 ard4 arg5 arp6 arr5 art4 ase4 ash4 asi6 ast6 asu6 at3 ata7 atc5 ate8 att6 aug6 aus5 aut7
        C ave4 eil7 ele6 eme6 ens6 ent7 ere6 ert7 hai5 hal5 ham8 han6 hao5 hap7 har6 has5 hat4 hea5 hec5 hee6
        C hef4 her6 hes5 hic7 hie5 hil5 him7 hoi6 hoo6 hro7 huc7 hun5 hur5 iga5 inn8 irc6 iti7 ity4 ivi5 lai5
        C lap4 lar7 law4 lay4 lea5 ler5 lev6 lic5 lie6 lif5 lim5 lin6 lip4 loc5 log4 los5 lot5 lou5 low5 lub4
        C lum5 lus7 lut6 oac5 oas5 oco7 ode4 off6 oil4 oin4 oll7 olo5 olu6 omb7 ome4 omf7 omi5 omm6 omp7 onc7
        C ond7 onf7 ong8 onn7 ons8 ont7 onv8 ook4 ool4 opp6 opy4 ora5 ore4 orn4 orr7 ost4 ott6 ouc5 oun7 oup6
        C our6 ous6 ove5 oyo6 rac5 rad6 raf5 ram4 ran5 ras5 rat6 raw5 raz5 rea5 red6 ree5 rew4 ric7 rim5 ris5
        C rit6 rop4 ros5 rou6 row5 ruc7 rue5 rui6 rum7 run6 rus5 ry3 rys7 ube4 ult7 up3 upb8 uri7 urr7 urt7 urv5
        C ush7 ust6 ute4 ycl5
        D ad3 ama6 amp4 anc5 ang6 ari6 ash4 aug8 awn4 ay3 eal4 eba6 ebr6 eca6 ece8 eci6 ecl7 eco8 ecr8 eer4 efe7
        D efi6 efy4 egr6 ela5 eli7 ema6 emi6 eni6 ent7 eny4 epa6 epe6 epo7 ept5 epu6 eri6 esc8 ese6 esi6 esk4
        D esp7 est7 eta6 ete6 eve7 evi6 evo6 iag7 ial4 iam7 iar5 ice4 ies6 iet4 iff6 igi7 ign7 ile7 inn6 ino8
        D ire6 irt4 isa8 isc8 ise7 ish4 ism7 iso8 isp7 ist8 ive6 ivi6 ivo7 izz5 oct6 ocu8 og3 oll4 olp7 oma6
        D ona6 onk6 ono5 oor4 ose4 oub6 ove4 raf5 rag6 ram5 ras7 raw4 rea5 res5 rif5 ril5 rin5 rip4 riv5 rop4
        D rum4 ry3 uck4 umb4 une4 uri6 ust4 utc5 uty4 war5 yna7
        E age5 agl5 arl5 arn4 art5 asi6 ast4 asy4 cho4 col7 con7 dge4 dit4 duc7 ffo6 gg3 igh5 ith6 lbo5 lde5
        E lec8 leg7 lem7 lep8 lev8 lit5 lse4 mba6 mbo6 mbr7 mer6 mot7 mpl6 mpo7 mpt5 nab6 nac5 nd3 ndl7 ndo7
        E nem5 ner6 nfo7 nga6 ngi6 nha7 njo5 nli6 nou6 nri6 nro6 nsu6 nte5 nti6 ntr5 nve8 pis7 qua5 qui5 ra3
        E ras5 rod5 ros7 rro5 rup5 sca6 ssa5 sse7 sta6 ter7 thi6 vid8 vil4 vok5 vol6 xac5 xam7 xce6 xch8 xci6
        E xcl7 xcu6 xec7 xer8 xha7 xhi7 xil5 xis5 xit4 xot6 xpa6 xpe6 xpi6 xpl7 xpo6 xpr7 xte6 xtr5 ye3 yeb7
        F abr6 ace4 acu7 ade4 ain5 ait5 all4 als5 ame4 ami6 amo6 an3 anc5 ant7 arm4 ash7 at3 ata5 ath6 ati7 aul5
        F avo8 eat7 ebr8 ede7 ee3 eed4 eel4 ema6 enc5 est8 etc5 eve5 ew3 ibe5 ict7 iel5 igu6 ile4 ilm4 ilt6 ina5
        F ind4 ine4 ing6 ini6 ire4 irm4 irs5 isc6 ish4 it3 itn7 ix3 lag4 lam5 las5 lat4 lav6 lee4 lig6 lip4 loa5
        F loc5 loo5 low6 lui5 lus5 ly3 oam4 ocu5 og3 oil4 old4 oll6 ood4 oot4 orc5 ore6 org6 ork4 ort7 oru5 orw7
        F oss6 ost6 oun5 ox3 rag7 ram5 req8 res5 rie6 rin6 rog4 ron5 ros5 row5 roz6 rui5 uel4 un3 unn5 urn7 ury4
        F utu6
        G adg6 ain4 ala6 all7 ame4 ap3 ara6 arb7 ard6 arl6 arm7 as3 asp4 ate4 ath6 aug5 aze4 ene7 eni6 enr5 ent6
        G enu7 est7 hos5 ian5 ift4 igg6 ing6 ira7 irl4 ive4 lad4 lan6 lar5 las5 lid5 lim7 lob5 loo5 lor5 lov5
        G low4 lue4 oat4 odd7 old4 ood4 oos5 ori7 osp6 oss6 ove6 own4 rab4 rac5 rai5 ran5 rap5 ras5 rav7 rea5
        G ree5 rid4 rie5 rit4 roc7 rou5 row4 run5 uar5 ues5 uid5 uil5 uit6 un3 ym3
        H abi5 air4 alf4 amm6 ams7 and4 app5 arb6 ard4 ars5 arv7 at3 ave4 awk4 aza6 ead4 eal6 ear5 eav5 edg8
        H eig6 ell5 elm6 elp4 en3 ero4 idd6 igh4 ill4 int4 ip3 ire4 ist7 obb5 ock6 old4 ole4 oli7 oll6 ome4 one5
        H ood4 ope4 orn4 orr6 ors5 osp8 ost4 ote5 our4 ove5 ub3 uge4 uma5 umb6 umo5 und7 ung6 unt4 urd6 urr5
        H urt4 usb7 ybr6
        I ce3 con4 dea4 den8 dle4 gno6 ll3 lle7 lln7 mag5 mit7 mme7 mmu6 mpa6 mpo6 mpr7 mpu7 nch4 ncl7 nco6 ncr8
        I nde5 ndi8 ndo6 ndu8 nfa6 nfl7 nfo6 nha6 nhe7 nit7 nje6 nju6 nma6 nne5 nno8 npu5 nqu7 nsa6 nse6 nsi6
        I nsp7 nst7 nta6 nte8 nto4 nve6 nvi6 nvo7 ron4 sla6 sol7 ssu5 tem4 vor5
        J ack6 agu6 ar3 azz4 eal7 ean5 ell5 ewe5 ob3 oin4 oke4 our7 oy3 udg5 uic5 ump4 ung6 uni6 unk4 ust4
        K ang8 een4 eep4 etc7 ey3 ick4 id3 idn6 ind4 ing7 iss4 it3 itc7 ite4 itt6 iwi4 nee4 nif5 noc5 now4
        L ab3 abe5 abo5 add6 ady4 ake4 amp4 ang8 apt6 arg5 ate5 ati5 aug5 aun7 ava4 aw3 awn4 aws7 aye5 azy4 ead6
        L eaf4 ear5 eav5 ect7 eft4 eg3 ega5 ege6 eis7 emo5 end4 eng6 ens4 eop7 ess6 ett6 eve5 iar4 ibe7 ibr7
        L ice7 ife4 ift4 igh5 ike4 imb4 imi5 ink4 ion4 iqu6 ist4 itt6 ive4 iza6 oad4 oan4 obs7 oca5 ock4 ogi5
        L one6 ong4 oop4 ott7 oud4 oun6 ove4 oya5 uck5 ugg7 umb6 una5 unc5 uxu6 yri6
        M ach7 ad3 agi5 agn6 aid4 ail4 ain4 ajo5 ake4 amm6 an3 ana6 and7 ang5 ans7 anu6 apl5 arb6 arc5 arg6 ari6
        M ark6 arr8 ask4 ass4 ast6 atc5 ate8 ath4 atr6 att6 axi7 aze4 ead6 ean4 eas7 eat4 ech8 eda5 edi5 elo6
        M elt4 emb6 emo6 ent7 enu4 erc5 erg5 eri5 err5 esh4 ess7 eta5 eth6 idd6 idn8 ilk4 ill7 imi5 ind4 ini7
        M ino5 inu6 ira7 irr6 ise6 iss4 ist7 ix3 ixe5 ixt7 obi6 ode5 odi6 om3 ome6 oni7 onk6 ons7 ont5 oon4 ora5
        M ore4 orn7 osq8 oth6 oti6 oto5 oun8 ous5 ove4 ovi5 uch4 uff6 ule4 ult8 usc6 use6 ush8 usi5 ust4 utu6
        M yse6 yst7 yth4
        N aiv5 ame4 apk6 arr6 ast5 ati6 atu6 ear4 eck4 eed4 ega8 egl7 eit7 eph6 erv5 est4 et3 etw7 eut7 eve5
        N ews4 ext4 ice4 igh5 obl5 ois5 omi7 ood6 orm6 ort5 ose4 ota7 ote4 oth7 oti6 ove5 ow3 ucl7 umb6 urs5 ut3
        O ak3 bey4 bje6 bli6 bsc7 bse7 bta6 bvi7 ccu5 cea5 cto7 dor4 ff3 ffe5 ffi6 fte5 il3 kay4 ld3 liv5 lym7
        O mit4 nce4 ne3 nio5 nli6 nly4 pen4 per5 pin7 ppo6 pti6 ran6 rbi5 rch7 rde5 rdi8 rga5 rie6 rig8 rph6
        O str7 the5 utd7 ute5 utp6 uts7 val4 ven4 ver4 wn3 wne5 xyg6 yst6 zon5
        P act4 add6 age4 air4 ala6 alm4 and5 ane5 ani5 ant7 ape5 ara6 are6 ark4 arr6 art5 ass4 atc5 ath4 ati7
        P atr6 att7 aus5 ave4 aym7 eac5 ean6 ear4 eas7 eli7 en3 ena7 enc6 eop6 epp6 erf7 erm6 ers6 et3 hon5 hot5
        P hra6 hys8 ian5 icn6 ict7 iec5 ig3 ige6 ill4 ilo5 ink4 ion7 ipe4 ist6 itc5 izz5 lac5 lan6 las7 lat5
        P lay4 lea6 led6 luc5 lug4 lun6 oem4 oet4 oin5 ola5 ole4 oli6 ond4 ony4 ool4 opu7 ort7 osi8 oss8 ost4
        P ota6 ott7 ove7 owd6 owe5 rac8 rai6 red7 ref6 rep7 res7 ret6 rev7 ric5 rid5 rim7 rin5 rio8 ris6 riv7
        P riz5 rob7 roc7 rod7 rof6 rog7 roj7 rom7 roo5 rop8 ros7 rot7 rou5 rov7 ubl6 udd7 ull4 ulp4 uls5 ump7
        P unc5 upi5 upp5 urc8 uri6 urp7 urs5 ush4 ut3 uzz6 yra7
        Q ual7 uan7 uar7 ues8 uic5 uit4 uiz4 uot5
        R abb6 acc7 ace4 ack4 ada5 adi5 ail4 ain4 ais5 all5 amp4 anc5 and6 ang5 api5 are4 ate4 ath6 ave5 aw3
        R azo5 ead5 eal4 eas6 ebe5 ebu7 eca6 ece7 eci6 eco6 ecy7 edu6 efl7 efo6 efu6 egi6 egr6 egu7 eje6 ela5
        R ele7 eli6 ely4 ema6 eme8 emi6 emo6 end6 ene5 ent4 eop6 epa6 epe6 epl7 epo6 equ7 esc6 ese8 esi6 eso8
        R esp8 esu6 eti6 etr7 etu6 eun7 eve6 evi6 ewa6 hyt6 ib3 ibb6 ice4 ich4 ide4 idg5 ifl5 igh5 igi5 ing4
        R iot4 ipp6 isk4 itu6 iva5 ive5 oad4 oas5 obo5 obu6 ock6 oma7 oof4 ook6 oom4 ose4 ota6 oug5 oun5 out5
        R oya5 ubb6 ude4 ug3 ule4 un3 unw6 ura5
        S ad3 add6 adn7 afe4 ail4 ala5 alm6 alo5 alt4 alu6 ame4 amp6 and4 ati7 ato7 auc5 aus7 ave4 ay3 cal5 can4
        S car5 cat7 cen5 che6 cho6 cie7 cis8 cor8 cou5 cra5 cre6 cri6 cru5 ea3 ear6 eas6 eat4 eco6 ecr6 ect7
        S ecu8 eed4 eek4 egm7 ele6 ell4 emi7 eni6 ens5 ent8 eri6 erv7 ess7 ett6 etu5 eve5 had6 haf5 hal7 har5
        S hed4 hel5 her7 hie6 hif5 hin5 hip4 hiv6 hoc5 hoe4 hoo5 hop4 hor5 hou8 hov5 hri6 hru5 huf7 hy3 ibl7
        S ick4 ide4 ieg5 igh5 ign4 ile6 ilk4 ill5 ilv6 imi7 imp6 inc5 ing4 ire5 ist6 itu7 ix3 ize4 kat5 ket6 ki3
        S kil5 kin4 kir5 kul5 lab4 lam4 lee5 len7 lic5 lid5 lig6 lim4 log6 lot4 low4 lus5 mal5 mar5 mil5 mok5
        S moo6 nac5 nak5 nap4 nif5 now4 oap4 occ6 oci6 ock4 oda4 oft4 ola5 old7 oli5 olu8 olv5 ome7 ong4 oon4
        S orr5 ort4 oul4 oun5 oup4 our6 out5 pac5 par5 pat7 paw5 pea5 pec7 pee5 pel5 pen5 phe6 pic5 pid6 pik5
        S pin4 pir6 pli5 poi5 pon7 poo5 por5 pot4 pra5 pre6 pri6 py3 qua6 que7 qui8 tab6 tad7 taf5 tag5 tai6
        S tam5 tan5 tar5 tat5 tay4 tea5 tee5 tem4 tep4 ter6 tic5 til5 tin5 toc5 tom7 ton5 too5 tor5 tov5 tra8
        S tre6 tri6 tro6 tru8 tud7 tuf5 tum7 tyl5 ubj7 ubm6 ubw6 ucc7 uch4 udd6 uff6 uga5 ugg7 uit4 umm6 un3
        S unn5 uns6 upe5 upp6 upr7 ure4 urf7 urg5 urp8 urr8 urv6 usp7 ust7 wal7 wam5 wap4 war5 wea5 wee5 wif5
        S wim4 win5 wit6 wor5 ymb6 ymp7 yru5 yst6
        T abl5 ack6 ag3 ail4 ale6 alk4 ank4 ape4 arg6 ask4 ast5 att6 axi4 eac5 eam4 ell4 en3 ena6 enn6 ent4 erm4
        T est4 ext4 han5 hat4 hem5 hen4 heo6 her5 hey4 hin5 his4 hou7 hre5 hri6 hro5 hum5 hun7 ick6 ide4 ige5
        T ilt4 imb6 ime4 iny4 ip3 ire5 iss6 itl5 oas5 oba7 oda5 odd7 oe3 oge8 oil6 oke5 oma6 omo8 one4 ong6 oni7
        T ool4 oot5 op3 opi5 opp6 orc5 orn7 ort8 oss4 ota5 our7 owa6 owe5 own4 oy3 rac5 rad5 raf7 rag6 rai5 ran8
        T rap4 ras5 rav6 ray4 rea5 ree4 ren5 ria5 rib5 ric5 rig7 rim4 rip4 rop6 rou7 ruc5 rue4 rul5 rum7 rus5
        T rut5 ry3 ube4 uit7 umb6 una4 unn6 urk6 urn4 urt6 wel6 wen6 wic5 win4 wis5 wo3 ype4 ypi7
        U gly4 mbr8 nab6 naw7 ncl5 nco7 nde5 ndo4 nfa6 nfo6 nha7 nif7 niq6 nit4 niv8 nkn7 nlo6 nti5 nus7 nve6
        U pda6 pgr7 pho6 pon4 ppe5 pse5 rba5 rge4 sag5 se3 sed4 sef6 sel7 sua5 til7
        V aca6 acu6 agu5 ali5 all6 alv5 an3 ani6 apo5 ari7 ast4 aul5 ehi7 elv6 end6 ent7 enu5 erb4 eri6 ers7
        V ery4 ess6 ete7 iab6 ibr7 ici7 ict7 ide5 iew4 ill7 int7 iol6 irt7 iru5 isa4 isi5 isu6 ita5 ivi5 oca5
        V oic5 oid4 olc7 olu6 ote4 oya6
        W age4 ago5 ait4 alk4 all4 aln6 ant4 arf7 arm4 arr7 ash4 asp4 ast5 ate5 ave4 ay3 eal6 eap6 ear4 eas6
        W eat7 eb3 edd7 eek7 eir5 elc7 est4 et3 hal5 hat4 hea5 hee5 hen4 her5 hip4 his7 ide4 idt5 ife4 ild4 ill4
        W in3 ind6 ine4 ing4 ink4 inn6 int6 ire4 isd6 ise4 ish4 itn7 olf4 oma5 ond6 ood4 ool4 ord4 ork4 orl5
        W orr5 ort5 rap4 rec5 res7 ris5 rit5 ron5
        Y ard4 ear4 ell6 ou3 oun5 out5
        Z ebr5 ero4 one4 oo3
        """
}
