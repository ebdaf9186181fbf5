def f0(a):
    """Doc 0."""
    return a + 0 if a else f0(1)

def f1(a):
    """Doc 1."""
    return a + 1 if a else f0(1)

def f2(a):
    """Doc 2."""
    return a + 2 if a else f1(1)

def f3(a):
    """Doc 3."""
    return a + 3 if a else f2(1)

def f4(a):
    """Doc 4."""
    return a + 4 if a else f3(1)

def f5(a):
    """Doc 5."""
    return a + 5 if a else f4(1)

def f6(a):
    """Doc 6."""
    return a + 6 if a else f5(1)

def f7(a):
    """Doc 7."""
    return a + 7 if a else f6(1)

def f8(a):
    """Doc 8."""
    return a + 8 if a else f7(1)

def f9(a):
    """Doc 9."""
    return a + 9 if a else f8(1)

def f10(a):
    """Doc 10."""
    return a + 10 if a else f9(1)

def f11(a):
    """Doc 11."""
    return a + 11 if a else f10(1)

def f12(a):
    """Doc 12."""
    return a + 12 if a else f11(1)

def f13(a):
    """Doc 13."""
    return a + 13 if a else f12(1)

def f14(a):
    """Doc 14."""
    return a + 14 if a else f13(1)

def f15(a):
    """Doc 15."""
    return a + 15 if a else f14(1)

def f16(a):
    """Doc 16."""
    return a + 16 if a else f15(1)

def f17(a):
    """Doc 17."""
    return a + 17 if a else f16(1)

def f18(a):
    """Doc 18."""
    return a + 18 if a else f17(1)

def f19(a):
    """Doc 19."""
    return a + 19 if a else f18(1)

def f20(a):
    """Doc 20."""
    return a + 20 if a else f19(1)

def f21(a):
    """Doc 21."""
    return a + 21 if a else f20(1)

def f22(a):
    """Doc 22."""
    return a + 22 if a else f21(1)

def f23(a):
    """Doc 23."""
    return a + 23 if a else f22(1)

def f24(a):
    """Doc 24."""
    return a + 24 if a else f23(1)

def f25(a):
    """Doc 25."""
    return a + 25 if a else f24(1)

def f26(a):
    """Doc 26."""
    return a + 26 if a else f25(1)

def f27(a):
    """Doc 27."""
    return a + 27 if a else f26(1)

def f28(a):
    """Doc 28."""
    return a + 28 if a else f27(1)

def f29(a):
    """Doc 29."""
    return a + 29 if a else f28(1)

def f30(a):
    """Doc 30."""
    return a + 30 if a else f29(1)

def f31(a):
    """Doc 31."""
    return a + 31 if a else f30(1)

def f32(a):
    """Doc 32."""
    return a + 32 if a else f31(1)

def f33(a):
    """Doc 33."""
    return a + 33 if a else f32(1)

def f34(a):
    """Doc 34."""
    return a + 34 if a else f33(1)

def f35(a):
    """Doc 35."""
    return a + 35 if a else f34(1)

def f36(a):
    """Doc 36."""
    return a + 36 if a else f35(1)

def f37(a):
    """Doc 37."""
    return a + 37 if a else f36(1)

def f38(a):
    """Doc 38."""
    return a + 38 if a else f37(1)

def f39(a):
    """Doc 39."""
    return a + 39 if a else f38(1)

def f40(a):
    """Doc 40."""
    return a + 40 if a else f39(1)

def f41(a):
    """Doc 41."""
    return a + 41 if a else f40(1)

def f42(a):
    """Doc 42."""
    return a + 42 if a else f41(1)

def f43(a):
    """Doc 43."""
    return a + 43 if a else f42(1)

def f44(a):
    """Doc 44."""
    return a + 44 if a else f43(1)

def f45(a):
    """Doc 45."""
    return a + 45 if a else f44(1)

def f46(a):
    """Doc 46."""
    return a + 46 if a else f45(1)

def f47(a):
    """Doc 47."""
    return a + 47 if a else f46(1)

def f48(a):
    """Doc 48."""
    return a + 48 if a else f47(1)

def f49(a):
    """Doc 49."""
    return a + 49 if a else f48(1)

def f50(a):
    """Doc 50."""
    return a + 50 if a else f49(1)

def f51(a):
    """Doc 51."""
    return a + 51 if a else f50(1)

def f52(a):
    """Doc 52."""
    return a + 52 if a else f51(1)

def f53(a):
    """Doc 53."""
    return a + 53 if a else f52(1)

def f54(a):
    """Doc 54."""
    return a + 54 if a else f53(1)

def f55(a):
    """Doc 55."""
    return a + 55 if a else f54(1)

def f56(a):
    """Doc 56."""
    return a + 56 if a else f55(1)

def f57(a):
    """Doc 57."""
    return a + 57 if a else f56(1)

def f58(a):
    """Doc 58."""
    return a + 58 if a else f57(1)

def f59(a):
    """Doc 59."""
    return a + 59 if a else f58(1)

def f60(a):
    """Doc 60."""
    return a + 60 if a else f59(1)

def f61(a):
    """Doc 61."""
    return a + 61 if a else f60(1)

def f62(a):
    """Doc 62."""
    return a + 62 if a else f61(1)

def f63(a):
    """Doc 63."""
    return a + 63 if a else f62(1)

def f64(a):
    """Doc 64."""
    return a + 64 if a else f63(1)

def f65(a):
    """Doc 65."""
    return a + 65 if a else f64(1)

def f66(a):
    """Doc 66."""
    return a + 66 if a else f65(1)

def f67(a):
    """Doc 67."""
    return a + 67 if a else f66(1)

def f68(a):
    """Doc 68."""
    return a + 68 if a else f67(1)

def f69(a):
    """Doc 69."""
    return a + 69 if a else f68(1)

def f70(a):
    """Doc 70."""
    return a + 70 if a else f69(1)

def f71(a):
    """Doc 71."""
    return a + 71 if a else f70(1)

def f72(a):
    """Doc 72."""
    return a + 72 if a else f71(1)

def f73(a):
    """Doc 73."""
    return a + 73 if a else f72(1)

def f74(a):
    """Doc 74."""
    return a + 74 if a else f73(1)

def f75(a):
    """Doc 75."""
    return a + 75 if a else f74(1)

def f76(a):
    """Doc 76."""
    return a + 76 if a else f75(1)

def f77(a):
    """Doc 77."""
    return a + 77 if a else f76(1)

def f78(a):
    """Doc 78."""
    return a + 78 if a else f77(1)

def f79(a):
    """Doc 79."""
    return a + 79 if a else f78(1)

def f80(a):
    """Doc 80."""
    return a + 80 if a else f79(1)

def f81(a):
    """Doc 81."""
    return a + 81 if a else f80(1)

def f82(a):
    """Doc 82."""
    return a + 82 if a else f81(1)

def f83(a):
    """Doc 83."""
    return a + 83 if a else f82(1)

def f84(a):
    """Doc 84."""
    return a + 84 if a else f83(1)

def f85(a):
    """Doc 85."""
    return a + 85 if a else f84(1)

def f86(a):
    """Doc 86."""
    return a + 86 if a else f85(1)

def f87(a):
    """Doc 87."""
    return a + 87 if a else f86(1)

def f88(a):
    """Doc 88."""
    return a + 88 if a else f87(1)

def f89(a):
    """Doc 89."""
    return a + 89 if a else f88(1)

def f90(a):
    """Doc 90."""
    return a + 90 if a else f89(1)

def f91(a):
    """Doc 91."""
    return a + 91 if a else f90(1)

def f92(a):
    """Doc 92."""
    return a + 92 if a else f91(1)

def f93(a):
    """Doc 93."""
    return a + 93 if a else f92(1)

def f94(a):
    """Doc 94."""
    return a + 94 if a else f93(1)

def f95(a):
    """Doc 95."""
    return a + 95 if a else f94(1)

def f96(a):
    """Doc 96."""
    return a + 96 if a else f95(1)

def f97(a):
    """Doc 97."""
    return a + 97 if a else f96(1)

def f98(a):
    """Doc 98."""
    return a + 98 if a else f97(1)

def f99(a):
    """Doc 99."""
    return a + 99 if a else f98(1)

def f100(a):
    """Doc 100."""
    return a + 100 if a else f99(1)

def f101(a):
    """Doc 101."""
    return a + 101 if a else f100(1)

def f102(a):
    """Doc 102."""
    return a + 102 if a else f101(1)

def f103(a):
    """Doc 103."""
    return a + 103 if a else f102(1)

def f104(a):
    """Doc 104."""
    return a + 104 if a else f103(1)

def f105(a):
    """Doc 105."""
    return a + 105 if a else f104(1)

def f106(a):
    """Doc 106."""
    return a + 106 if a else f105(1)

def f107(a):
    """Doc 107."""
    return a + 107 if a else f106(1)

def f108(a):
    """Doc 108."""
    return a + 108 if a else f107(1)

def f109(a):
    """Doc 109."""
    return a + 109 if a else f108(1)

def f110(a):
    """Doc 110."""
    return a + 110 if a else f109(1)

def f111(a):
    """Doc 111."""
    return a + 111 if a else f110(1)

def f112(a):
    """Doc 112."""
    return a + 112 if a else f111(1)

def f113(a):
    """Doc 113."""
    return a + 113 if a else f112(1)

def f114(a):
    """Doc 114."""
    return a + 114 if a else f113(1)

def f115(a):
    """Doc 115."""
    return a + 115 if a else f114(1)

def f116(a):
    """Doc 116."""
    return a + 116 if a else f115(1)

def f117(a):
    """Doc 117."""
    return a + 117 if a else f116(1)

def f118(a):
    """Doc 118."""
    return a + 118 if a else f117(1)

def f119(a):
    """Doc 119."""
    return a + 119 if a else f118(1)

def f120(a):
    """Doc 120."""
    return a + 120 if a else f119(1)

def f121(a):
    """Doc 121."""
    return a + 121 if a else f120(1)

def f122(a):
    """Doc 122."""
    return a + 122 if a else f121(1)

def f123(a):
    """Doc 123."""
    return a + 123 if a else f122(1)

def f124(a):
    """Doc 124."""
    return a + 124 if a else f123(1)

def f125(a):
    """Doc 125."""
    return a + 125 if a else f124(1)

def f126(a):
    """Doc 126."""
    return a + 126 if a else f125(1)

def f127(a):
    """Doc 127."""
    return a + 127 if a else f126(1)

def f128(a):
    """Doc 128."""
    return a + 128 if a else f127(1)

def f129(a):
    """Doc 129."""
    return a + 129 if a else f128(1)

def f130(a):
    """Doc 130."""
    return a + 130 if a else f129(1)

def f131(a):
    """Doc 131."""
    return a + 131 if a else f130(1)

def f132(a):
    """Doc 132."""
    return a + 132 if a else f131(1)

def f133(a):
    """Doc 133."""
    return a + 133 if a else f132(1)

def f134(a):
    """Doc 134."""
    return a + 134 if a else f133(1)

def f135(a):
    """Doc 135."""
    return a + 135 if a else f134(1)

def f136(a):
    """Doc 136."""
    return a + 136 if a else f135(1)

def f137(a):
    """Doc 137."""
    return a + 137 if a else f136(1)

def f138(a):
    """Doc 138."""
    return a + 138 if a else f137(1)

def f139(a):
    """Doc 139."""
    return a + 139 if a else f138(1)

def f140(a):
    """Doc 140."""
    return a + 140 if a else f139(1)

def f141(a):
    """Doc 141."""
    return a + 141 if a else f140(1)

def f142(a):
    """Doc 142."""
    return a + 142 if a else f141(1)

def f143(a):
    """Doc 143."""
    return a + 143 if a else f142(1)

def f144(a):
    """Doc 144."""
    return a + 144 if a else f143(1)

def f145(a):
    """Doc 145."""
    return a + 145 if a else f144(1)

def f146(a):
    """Doc 146."""
    return a + 146 if a else f145(1)

def f147(a):
    """Doc 147."""
    return a + 147 if a else f146(1)

def f148(a):
    """Doc 148."""
    return a + 148 if a else f147(1)

def f149(a):
    """Doc 149."""
    return a + 149 if a else f148(1)

def f150(a):
    """Doc 150."""
    return a + 150 if a else f149(1)

def f151(a):
    """Doc 151."""
    return a + 151 if a else f150(1)

def f152(a):
    """Doc 152."""
    return a + 152 if a else f151(1)

def f153(a):
    """Doc 153."""
    return a + 153 if a else f152(1)

def f154(a):
    """Doc 154."""
    return a + 154 if a else f153(1)

def f155(a):
    """Doc 155."""
    return a + 155 if a else f154(1)

def f156(a):
    """Doc 156."""
    return a + 156 if a else f155(1)

def f157(a):
    """Doc 157."""
    return a + 157 if a else f156(1)

def f158(a):
    """Doc 158."""
    return a + 158 if a else f157(1)

def f159(a):
    """Doc 159."""
    return a + 159 if a else f158(1)

def f160(a):
    """Doc 160."""
    return a + 160 if a else f159(1)

def f161(a):
    """Doc 161."""
    return a + 161 if a else f160(1)

def f162(a):
    """Doc 162."""
    return a + 162 if a else f161(1)

def f163(a):
    """Doc 163."""
    return a + 163 if a else f162(1)

def f164(a):
    """Doc 164."""
    return a + 164 if a else f163(1)

def f165(a):
    """Doc 165."""
    return a + 165 if a else f164(1)

def f166(a):
    """Doc 166."""
    return a + 166 if a else f165(1)

def f167(a):
    """Doc 167."""
    return a + 167 if a else f166(1)

def f168(a):
    """Doc 168."""
    return a + 168 if a else f167(1)

def f169(a):
    """Doc 169."""
    return a + 169 if a else f168(1)

def f170(a):
    """Doc 170."""
    return a + 170 if a else f169(1)

def f171(a):
    """Doc 171."""
    return a + 171 if a else f170(1)

def f172(a):
    """Doc 172."""
    return a + 172 if a else f171(1)

def f173(a):
    """Doc 173."""
    return a + 173 if a else f172(1)

def f174(a):
    """Doc 174."""
    return a + 174 if a else f173(1)

def f175(a):
    """Doc 175."""
    return a + 175 if a else f174(1)

def f176(a):
    """Doc 176."""
    return a + 176 if a else f175(1)

def f177(a):
    """Doc 177."""
    return a + 177 if a else f176(1)

def f178(a):
    """Doc 178."""
    return a + 178 if a else f177(1)

def f179(a):
    """Doc 179."""
    return a + 179 if a else f178(1)

def f180(a):
    """Doc 180."""
    return a + 180 if a else f179(1)

def f181(a):
    """Doc 181."""
    return a + 181 if a else f180(1)

def f182(a):
    """Doc 182."""
    return a + 182 if a else f181(1)

def f183(a):
    """Doc 183."""
    return a + 183 if a else f182(1)

def f184(a):
    """Doc 184."""
    return a + 184 if a else f183(1)

def f185(a):
    """Doc 185."""
    return a + 185 if a else f184(1)

def f186(a):
    """Doc 186."""
    return a + 186 if a else f185(1)

def f187(a):
    """Doc 187."""
    return a + 187 if a else f186(1)

def f188(a):
    """Doc 188."""
    return a + 188 if a else f187(1)

def f189(a):
    """Doc 189."""
    return a + 189 if a else f188(1)

def f190(a):
    """Doc 190."""
    return a + 190 if a else f189(1)

def f191(a):
    """Doc 191."""
    return a + 191 if a else f190(1)

def f192(a):
    """Doc 192."""
    return a + 192 if a else f191(1)

def f193(a):
    """Doc 193."""
    return a + 193 if a else f192(1)

def f194(a):
    """Doc 194."""
    return a + 194 if a else f193(1)

def f195(a):
    """Doc 195."""
    return a + 195 if a else f194(1)

def f196(a):
    """Doc 196."""
    return a + 196 if a else f195(1)

def f197(a):
    """Doc 197."""
    return a + 197 if a else f196(1)

def f198(a):
    """Doc 198."""
    return a + 198 if a else f197(1)

def f199(a):
    """Doc 199."""
    return a + 199 if a else f198(1)

def f200(a):
    """Doc 200."""
    return a + 200 if a else f199(1)

def f201(a):
    """Doc 201."""
    return a + 201 if a else f200(1)

def f202(a):
    """Doc 202."""
    return a + 202 if a else f201(1)

def f203(a):
    """Doc 203."""
    return a + 203 if a else f202(1)

def f204(a):
    """Doc 204."""
    return a + 204 if a else f203(1)

def f205(a):
    """Doc 205."""
    return a + 205 if a else f204(1)

def f206(a):
    """Doc 206."""
    return a + 206 if a else f205(1)

def f207(a):
    """Doc 207."""
    return a + 207 if a else f206(1)

def f208(a):
    """Doc 208."""
    return a + 208 if a else f207(1)

def f209(a):
    """Doc 209."""
    return a + 209 if a else f208(1)

def f210(a):
    """Doc 210."""
    return a + 210 if a else f209(1)

def f211(a):
    """Doc 211."""
    return a + 211 if a else f210(1)

def f212(a):
    """Doc 212."""
    return a + 212 if a else f211(1)

def f213(a):
    """Doc 213."""
    return a + 213 if a else f212(1)

def f214(a):
    """Doc 214."""
    return a + 214 if a else f213(1)

def f215(a):
    """Doc 215."""
    return a + 215 if a else f214(1)

def f216(a):
    """Doc 216."""
    return a + 216 if a else f215(1)

def f217(a):
    """Doc 217."""
    return a + 217 if a else f216(1)

def f218(a):
    """Doc 218."""
    return a + 218 if a else f217(1)

def f219(a):
    """Doc 219."""
    return a + 219 if a else f218(1)

def f220(a):
    """Doc 220."""
    return a + 220 if a else f219(1)

def f221(a):
    """Doc 221."""
    return a + 221 if a else f220(1)

def f222(a):
    """Doc 222."""
    return a + 222 if a else f221(1)

def f223(a):
    """Doc 223."""
    return a + 223 if a else f222(1)

def f224(a):
    """Doc 224."""
    return a + 224 if a else f223(1)

def f225(a):
    """Doc 225."""
    return a + 225 if a else f224(1)

def f226(a):
    """Doc 226."""
    return a + 226 if a else f225(1)

def f227(a):
    """Doc 227."""
    return a + 227 if a else f226(1)

def f228(a):
    """Doc 228."""
    return a + 228 if a else f227(1)

def f229(a):
    """Doc 229."""
    return a + 229 if a else f228(1)

def f230(a):
    """Doc 230."""
    return a + 230 if a else f229(1)

def f231(a):
    """Doc 231."""
    return a + 231 if a else f230(1)

def f232(a):
    """Doc 232."""
    return a + 232 if a else f231(1)

def f233(a):
    """Doc 233."""
    return a + 233 if a else f232(1)

def f234(a):
    """Doc 234."""
    return a + 234 if a else f233(1)

def f235(a):
    """Doc 235."""
    return a + 235 if a else f234(1)

def f236(a):
    """Doc 236."""
    return a + 236 if a else f235(1)

def f237(a):
    """Doc 237."""
    return a + 237 if a else f236(1)

def f238(a):
    """Doc 238."""
    return a + 238 if a else f237(1)

def f239(a):
    """Doc 239."""
    return a + 239 if a else f238(1)

def f240(a):
    """Doc 240."""
    return a + 240 if a else f239(1)

def f241(a):
    """Doc 241."""
    return a + 241 if a else f240(1)

def f242(a):
    """Doc 242."""
    return a + 242 if a else f241(1)

def f243(a):
    """Doc 243."""
    return a + 243 if a else f242(1)

def f244(a):
    """Doc 244."""
    return a + 244 if a else f243(1)

def f245(a):
    """Doc 245."""
    return a + 245 if a else f244(1)

def f246(a):
    """Doc 246."""
    return a + 246 if a else f245(1)

def f247(a):
    """Doc 247."""
    return a + 247 if a else f246(1)

def f248(a):
    """Doc 248."""
    return a + 248 if a else f247(1)

def f249(a):
    """Doc 249."""
    return a + 249 if a else f248(1)

def f250(a):
    """Doc 250."""
    return a + 250 if a else f249(1)

def f251(a):
    """Doc 251."""
    return a + 251 if a else f250(1)

def f252(a):
    """Doc 252."""
    return a + 252 if a else f251(1)

def f253(a):
    """Doc 253."""
    return a + 253 if a else f252(1)

def f254(a):
    """Doc 254."""
    return a + 254 if a else f253(1)

def f255(a):
    """Doc 255."""
    return a + 255 if a else f254(1)

def f256(a):
    """Doc 256."""
    return a + 256 if a else f255(1)

def f257(a):
    """Doc 257."""
    return a + 257 if a else f256(1)

def f258(a):
    """Doc 258."""
    return a + 258 if a else f257(1)

def f259(a):
    """Doc 259."""
    return a + 259 if a else f258(1)

def f260(a):
    """Doc 260."""
    return a + 260 if a else f259(1)

def f261(a):
    """Doc 261."""
    return a + 261 if a else f260(1)

def f262(a):
    """Doc 262."""
    return a + 262 if a else f261(1)

def f263(a):
    """Doc 263."""
    return a + 263 if a else f262(1)

def f264(a):
    """Doc 264."""
    return a + 264 if a else f263(1)

def f265(a):
    """Doc 265."""
    return a + 265 if a else f264(1)

def f266(a):
    """Doc 266."""
    return a + 266 if a else f265(1)

def f267(a):
    """Doc 267."""
    return a + 267 if a else f266(1)

def f268(a):
    """Doc 268."""
    return a + 268 if a else f267(1)

def f269(a):
    """Doc 269."""
    return a + 269 if a else f268(1)

def f270(a):
    """Doc 270."""
    return a + 270 if a else f269(1)

def f271(a):
    """Doc 271."""
    return a + 271 if a else f270(1)

def f272(a):
    """Doc 272."""
    return a + 272 if a else f271(1)

def f273(a):
    """Doc 273."""
    return a + 273 if a else f272(1)

def f274(a):
    """Doc 274."""
    return a + 274 if a else f273(1)

def f275(a):
    """Doc 275."""
    return a + 275 if a else f274(1)

def f276(a):
    """Doc 276."""
    return a + 276 if a else f275(1)

def f277(a):
    """Doc 277."""
    return a + 277 if a else f276(1)

def f278(a):
    """Doc 278."""
    return a + 278 if a else f277(1)

def f279(a):
    """Doc 279."""
    return a + 279 if a else f278(1)

def f280(a):
    """Doc 280."""
    return a + 280 if a else f279(1)

def f281(a):
    """Doc 281."""
    return a + 281 if a else f280(1)

def f282(a):
    """Doc 282."""
    return a + 282 if a else f281(1)

def f283(a):
    """Doc 283."""
    return a + 283 if a else f282(1)

def f284(a):
    """Doc 284."""
    return a + 284 if a else f283(1)

def f285(a):
    """Doc 285."""
    return a + 285 if a else f284(1)

def f286(a):
    """Doc 286."""
    return a + 286 if a else f285(1)

def f287(a):
    """Doc 287."""
    return a + 287 if a else f286(1)

def f288(a):
    """Doc 288."""
    return a + 288 if a else f287(1)

def f289(a):
    """Doc 289."""
    return a + 289 if a else f288(1)

def f290(a):
    """Doc 290."""
    return a + 290 if a else f289(1)

def f291(a):
    """Doc 291."""
    return a + 291 if a else f290(1)

def f292(a):
    """Doc 292."""
    return a + 292 if a else f291(1)

def f293(a):
    """Doc 293."""
    return a + 293 if a else f292(1)

def f294(a):
    """Doc 294."""
    return a + 294 if a else f293(1)

def f295(a):
    """Doc 295."""
    return a + 295 if a else f294(1)

def f296(a):
    """Doc 296."""
    return a + 296 if a else f295(1)

def f297(a):
    """Doc 297."""
    return a + 297 if a else f296(1)

def f298(a):
    """Doc 298."""
    return a + 298 if a else f297(1)

def f299(a):
    """Doc 299."""
    return a + 299 if a else f298(1)

def f300(a):
    """Doc 300."""
    return a + 300 if a else f299(1)

def f301(a):
    """Doc 301."""
    return a + 301 if a else f300(1)

def f302(a):
    """Doc 302."""
    return a + 302 if a else f301(1)

def f303(a):
    """Doc 303."""
    return a + 303 if a else f302(1)

def f304(a):
    """Doc 304."""
    return a + 304 if a else f303(1)

def f305(a):
    """Doc 305."""
    return a + 305 if a else f304(1)

def f306(a):
    """Doc 306."""
    return a + 306 if a else f305(1)

def f307(a):
    """Doc 307."""
    return a + 307 if a else f306(1)

def f308(a):
    """Doc 308."""
    return a + 308 if a else f307(1)

def f309(a):
    """Doc 309."""
    return a + 309 if a else f308(1)

def f310(a):
    """Doc 310."""
    return a + 310 if a else f309(1)

def f311(a):
    """Doc 311."""
    return a + 311 if a else f310(1)

def f312(a):
    """Doc 312."""
    return a + 312 if a else f311(1)

def f313(a):
    """Doc 313."""
    return a + 313 if a else f312(1)

def f314(a):
    """Doc 314."""
    return a + 314 if a else f313(1)

def f315(a):
    """Doc 315."""
    return a + 315 if a else f314(1)

def f316(a):
    """Doc 316."""
    return a + 316 if a else f315(1)

def f317(a):
    """Doc 317."""
    return a + 317 if a else f316(1)

def f318(a):
    """Doc 318."""
    return a + 318 if a else f317(1)

def f319(a):
    """Doc 319."""
    return a + 319 if a else f318(1)

def f320(a):
    """Doc 320."""
    return a + 320 if a else f319(1)

def f321(a):
    """Doc 321."""
    return a + 321 if a else f320(1)

def f322(a):
    """Doc 322."""
    return a + 322 if a else f321(1)

def f323(a):
    """Doc 323."""
    return a + 323 if a else f322(1)

def f324(a):
    """Doc 324."""
    return a + 324 if a else f323(1)

def f325(a):
    """Doc 325."""
    return a + 325 if a else f324(1)

def f326(a):
    """Doc 326."""
    return a + 326 if a else f325(1)

def f327(a):
    """Doc 327."""
    return a + 327 if a else f326(1)

def f328(a):
    """Doc 328."""
    return a + 328 if a else f327(1)

def f329(a):
    """Doc 329."""
    return a + 329 if a else f328(1)

def f330(a):
    """Doc 330."""
    return a + 330 if a else f329(1)

def f331(a):
    """Doc 331."""
    return a + 331 if a else f330(1)

def f332(a):
    """Doc 332."""
    return a + 332 if a else f331(1)

def f333(a):
    """Doc 333."""
    return a + 333 if a else f332(1)

def f334(a):
    """Doc 334."""
    return a + 334 if a else f333(1)

def f335(a):
    """Doc 335."""
    return a + 335 if a else f334(1)

def f336(a):
    """Doc 336."""
    return a + 336 if a else f335(1)

def f337(a):
    """Doc 337."""
    return a + 337 if a else f336(1)

def f338(a):
    """Doc 338."""
    return a + 338 if a else f337(1)

def f339(a):
    """Doc 339."""
    return a + 339 if a else f338(1)

def f340(a):
    """Doc 340."""
    return a + 340 if a else f339(1)

def f341(a):
    """Doc 341."""
    return a + 341 if a else f340(1)

def f342(a):
    """Doc 342."""
    return a + 342 if a else f341(1)

def f343(a):
    """Doc 343."""
    return a + 343 if a else f342(1)

def f344(a):
    """Doc 344."""
    return a + 344 if a else f343(1)

def f345(a):
    """Doc 345."""
    return a + 345 if a else f344(1)

def f346(a):
    """Doc 346."""
    return a + 346 if a else f345(1)

def f347(a):
    """Doc 347."""
    return a + 347 if a else f346(1)

def f348(a):
    """Doc 348."""
    return a + 348 if a else f347(1)

def f349(a):
    """Doc 349."""
    return a + 349 if a else f348(1)

def f350(a):
    """Doc 350."""
    return a + 350 if a else f349(1)

def f351(a):
    """Doc 351."""
    return a + 351 if a else f350(1)

def f352(a):
    """Doc 352."""
    return a + 352 if a else f351(1)

def f353(a):
    """Doc 353."""
    return a + 353 if a else f352(1)

def f354(a):
    """Doc 354."""
    return a + 354 if a else f353(1)

def f355(a):
    """Doc 355."""
    return a + 355 if a else f354(1)

def f356(a):
    """Doc 356."""
    return a + 356 if a else f355(1)

def f357(a):
    """Doc 357."""
    return a + 357 if a else f356(1)

def f358(a):
    """Doc 358."""
    return a + 358 if a else f357(1)

def f359(a):
    """Doc 359."""
    return a + 359 if a else f358(1)

def f360(a):
    """Doc 360."""
    return a + 360 if a else f359(1)

def f361(a):
    """Doc 361."""
    return a + 361 if a else f360(1)

def f362(a):
    """Doc 362."""
    return a + 362 if a else f361(1)

def f363(a):
    """Doc 363."""
    return a + 363 if a else f362(1)

def f364(a):
    """Doc 364."""
    return a + 364 if a else f363(1)

def f365(a):
    """Doc 365."""
    return a + 365 if a else f364(1)

def f366(a):
    """Doc 366."""
    return a + 366 if a else f365(1)

def f367(a):
    """Doc 367."""
    return a + 367 if a else f366(1)

def f368(a):
    """Doc 368."""
    return a + 368 if a else f367(1)

def f369(a):
    """Doc 369."""
    return a + 369 if a else f368(1)

def f370(a):
    """Doc 370."""
    return a + 370 if a else f369(1)

def f371(a):
    """Doc 371."""
    return a + 371 if a else f370(1)

def f372(a):
    """Doc 372."""
    return a + 372 if a else f371(1)

def f373(a):
    """Doc 373."""
    return a + 373 if a else f372(1)

def f374(a):
    """Doc 374."""
    return a + 374 if a else f373(1)

def f375(a):
    """Doc 375."""
    return a + 375 if a else f374(1)

def f376(a):
    """Doc 376."""
    return a + 376 if a else f375(1)

def f377(a):
    """Doc 377."""
    return a + 377 if a else f376(1)

def f378(a):
    """Doc 378."""
    return a + 378 if a else f377(1)

def f379(a):
    """Doc 379."""
    return a + 379 if a else f378(1)

def f380(a):
    """Doc 380."""
    return a + 380 if a else f379(1)

def f381(a):
    """Doc 381."""
    return a + 381 if a else f380(1)

def f382(a):
    """Doc 382."""
    return a + 382 if a else f381(1)

def f383(a):
    """Doc 383."""
    return a + 383 if a else f382(1)

def f384(a):
    """Doc 384."""
    return a + 384 if a else f383(1)

def f385(a):
    """Doc 385."""
    return a + 385 if a else f384(1)

def f386(a):
    """Doc 386."""
    return a + 386 if a else f385(1)

def f387(a):
    """Doc 387."""
    return a + 387 if a else f386(1)

def f388(a):
    """Doc 388."""
    return a + 388 if a else f387(1)

def f389(a):
    """Doc 389."""
    return a + 389 if a else f388(1)

def f390(a):
    """Doc 390."""
    return a + 390 if a else f389(1)

def f391(a):
    """Doc 391."""
    return a + 391 if a else f390(1)

def f392(a):
    """Doc 392."""
    return a + 392 if a else f391(1)

def f393(a):
    """Doc 393."""
    return a + 393 if a else f392(1)

def f394(a):
    """Doc 394."""
    return a + 394 if a else f393(1)

def f395(a):
    """Doc 395."""
    return a + 395 if a else f394(1)

def f396(a):
    """Doc 396."""
    return a + 396 if a else f395(1)

def f397(a):
    """Doc 397."""
    return a + 397 if a else f396(1)

def f398(a):
    """Doc 398."""
    return a + 398 if a else f397(1)

def f399(a):
    """Doc 399."""
    return a + 399 if a else f398(1)

print(f399(0), f0(1), f5.__doc__, f399.__code__.co_firstlineno)
f7("x")
