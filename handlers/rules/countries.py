"""Countries by ISO 3166-1 alpha-3 code, and the issuers that only machine-readable zones know.

The issuers beyond ISO are those of ICAO 9303 part 3, section 5.
"""

from __future__ import annotations

from handlers.rules.effective import Classifier, ClassifierRow

_ISO = """
ABW|Aruba|Aruba
AFG|Əfqanıstan|Afghanistan
AGO|Anqola|Angola
AIA|Angilya|Anguilla
ALA|Aland adaları|Åland Islands
ALB|Albaniya|Albania
AND|Andorra|Andorra
ARE|Birləşmiş Ərəb Əmirlikləri|United Arab Emirates
ARG|Argentina|Argentina
ARM|Ermənistan|Armenia
ASM|Amerika Samoası|American Samoa
ATA|Antarktida|Antarctica
ATF|Fransanın Cənub Əraziləri|French Southern Territories
ATG|Antiqua və Barbuda|Antigua and Barbuda
AUS|Avstraliya|Australia
AUT|Avstriya|Austria
AZE|Azərbaycan|Azerbaijan
BDI|Burundi|Burundi
BEL|Belçika|Belgium
BEN|Benin|Benin
BES|Boneyr, Sint-Estatius və Saba|Bonaire, Sint Eustatius and Saba
BFA|Burkina-Faso|Burkina Faso
BGD|Banqladeş|Bangladesh
BGR|Bolqarıstan|Bulgaria
BHR|Bəhreyn|Bahrain
BHS|Baham adaları|Bahamas
BIH|Bosniya və Herseqovina|Bosnia and Herzegovina
BLM|Sen-Bartelemi|Saint Barthélemy
BLR|Belarus|Belarus
BLZ|Beliz|Belize
BMU|Bermud adaları|Bermuda
BOL|Boliviya|Bolivia
BRA|Braziliya|Brazil
BRB|Barbados|Barbados
BRN|Bruney|Brunei Darussalam
BTN|Butan|Bhutan
BVT|Buve adası|Bouvet Island
BWA|Botsvana|Botswana
CAF|Mərkəzi Afrika Respublikası|Central African Republic
CAN|Kanada|Canada
CCK|Kokos adaları|Cocos (Keeling) Islands
CHE|İsveçrə|Switzerland
CHL|Çili|Chile
CHN|Çin|China
CIV|Kot-d'İvuar|Côte d'Ivoire
CMR|Kamerun|Cameroon
COD|Konqo Demokratik Respublikası|Democratic Republic of the Congo
COG|Konqo|Congo
COK|Kuk adaları|Cook Islands
COL|Kolumbiya|Colombia
COM|Komor adaları|Comoros
CPV|Kabo-Verde|Cabo Verde
CRI|Kosta-Rika|Costa Rica
CUB|Kuba|Cuba
CUW|Kurasao|Curaçao
CXR|Milad adası|Christmas Island
CYM|Kayman adaları|Cayman Islands
CYP|Kipr|Cyprus
CZE|Çexiya|Czechia
DEU|Almaniya|Germany
DJI|Cibuti|Djibouti
DMA|Dominika|Dominica
DNK|Danimarka|Denmark
DOM|Dominikan Respublikası|Dominican Republic
DZA|Əlcəzair|Algeria
ECU|Ekvador|Ecuador
EGY|Misir|Egypt
ERI|Eritreya|Eritrea
ESH|Qərbi Sahara|Western Sahara
ESP|İspaniya|Spain
EST|Estoniya|Estonia
ETH|Efiopiya|Ethiopia
FIN|Finlandiya|Finland
FJI|Fici|Fiji
FLK|Folklend adaları|Falkland Islands
FRA|Fransa|France
FRO|Farer adaları|Faroe Islands
FSM|Mikroneziya|Micronesia
GAB|Qabon|Gabon
GBR|Böyük Britaniya|United Kingdom
GEO|Gürcüstan|Georgia
GGY|Gernsi|Guernsey
GHA|Qana|Ghana
GIB|Cəbəllütariq|Gibraltar
GIN|Qvineya|Guinea
GLP|Qvadelupa|Guadeloupe
GMB|Qambiya|Gambia
GNB|Qvineya-Bisau|Guinea-Bissau
GNQ|Ekvatorial Qvineya|Equatorial Guinea
GRC|Yunanıstan|Greece
GRD|Qrenada|Grenada
GRL|Qrenlandiya|Greenland
GTM|Qvatemala|Guatemala
GUF|Fransa Qvianası|French Guiana
GUM|Quam|Guam
GUY|Qayana|Guyana
HKG|Honkonq|Hong Kong
HMD|Herd və Makdonald adaları|Heard Island and McDonald Islands
HND|Honduras|Honduras
HRV|Xorvatiya|Croatia
HTI|Haiti|Haiti
HUN|Macarıstan|Hungary
IDN|İndoneziya|Indonesia
IMN|Men adası|Isle of Man
IND|Hindistan|India
IOT|Britaniyanın Hind okeanı əraziləri|British Indian Ocean Territory
IRL|İrlandiya|Ireland
IRN|İran|Iran
IRQ|İraq|Iraq
ISL|İslandiya|Iceland
ISR|İsrail|Israel
ITA|İtaliya|Italy
JAM|Yamayka|Jamaica
JEY|Cersi|Jersey
JOR|İordaniya|Jordan
JPN|Yaponiya|Japan
KAZ|Qazaxıstan|Kazakhstan
KEN|Keniya|Kenya
KGZ|Qırğızıstan|Kyrgyzstan
KHM|Kamboca|Cambodia
KIR|Kiribati|Kiribati
KNA|Sent-Kits və Nevis|Saint Kitts and Nevis
KOR|Koreya Respublikası|Republic of Korea
KWT|Küveyt|Kuwait
LAO|Laos|Laos
LBN|Livan|Lebanon
LBR|Liberiya|Liberia
LBY|Liviya|Libya
LCA|Sent-Lüsiya|Saint Lucia
LIE|Lixtenşteyn|Liechtenstein
LKA|Şri-Lanka|Sri Lanka
LSO|Lesoto|Lesotho
LTU|Litva|Lithuania
LUX|Lüksemburq|Luxembourg
LVA|Latviya|Latvia
MAC|Makao|Macao
MAF|Sen-Marten (Fransa)|Saint Martin (French part)
MAR|Mərakeş|Morocco
MCO|Monako|Monaco
MDA|Moldova|Moldova
MDG|Madaqaskar|Madagascar
MDV|Maldiv adaları|Maldives
MEX|Meksika|Mexico
MHL|Marşal adaları|Marshall Islands
MKD|Şimali Makedoniya|North Macedonia
MLI|Mali|Mali
MLT|Malta|Malta
MMR|Myanma|Myanmar
MNE|Monteneqro|Montenegro
MNG|Monqolustan|Mongolia
MNP|Şimali Marian adaları|Northern Mariana Islands
MOZ|Mozambik|Mozambique
MRT|Mavritaniya|Mauritania
MSR|Montserrat|Montserrat
MTQ|Martinika|Martinique
MUS|Mavriki|Mauritius
MWI|Malavi|Malawi
MYS|Malayziya|Malaysia
MYT|Mayotta|Mayotte
NAM|Namibiya|Namibia
NCL|Yeni Kaledoniya|New Caledonia
NER|Niger|Niger
NFK|Norfolk adası|Norfolk Island
NGA|Nigeriya|Nigeria
NIC|Nikaraqua|Nicaragua
NIU|Niue|Niue
NLD|Niderland|Netherlands
NOR|Norveç|Norway
NPL|Nepal|Nepal
NRU|Nauru|Nauru
NZL|Yeni Zelandiya|New Zealand
OMN|Oman|Oman
PAK|Pakistan|Pakistan
PAN|Panama|Panama
PCN|Pitkern|Pitcairn
PER|Peru|Peru
PHL|Filippin|Philippines
PLW|Palau|Palau
PNG|Papua-Yeni Qvineya|Papua New Guinea
POL|Polşa|Poland
PRI|Puerto-Riko|Puerto Rico
PRK|Koreya Xalq Demokratik Respublikası|Democratic People's Republic of Korea
PRT|Portuqaliya|Portugal
PRY|Paraqvay|Paraguay
PSE|Fələstin|Palestine
PYF|Fransa Polineziyası|French Polynesia
QAT|Qətər|Qatar
REU|Reyunyon|Réunion
ROU|Rumıniya|Romania
RUS|Rusiya|Russian Federation
RWA|Ruanda|Rwanda
SAU|Səudiyyə Ərəbistanı|Saudi Arabia
SDN|Sudan|Sudan
SEN|Seneqal|Senegal
SGP|Sinqapur|Singapore
SGS|Cənubi Corciya və Cənubi Sendviç adaları|South Georgia and the South Sandwich Islands
SHN|Müqəddəs Yelena adası|Saint Helena, Ascension and Tristan da Cunha
SJM|Svalbard və Yan-Mayen|Svalbard and Jan Mayen
SLB|Solomon adaları|Solomon Islands
SLE|Syerra-Leone|Sierra Leone
SLV|Salvador|El Salvador
SMR|San-Marino|San Marino
SOM|Somali|Somalia
SPM|Sen-Pyer və Mikelon|Saint Pierre and Miquelon
SRB|Serbiya|Serbia
SSD|Cənubi Sudan|South Sudan
STP|San-Tome və Prinsipi|Sao Tome and Principe
SUR|Surinam|Suriname
SVK|Slovakiya|Slovakia
SVN|Sloveniya|Slovenia
SWE|İsveç|Sweden
SWZ|Esvatini|Eswatini
SXM|Sint-Marten (Niderland)|Sint Maarten (Dutch part)
SYC|Seyşel adaları|Seychelles
SYR|Suriya|Syria
TCA|Törks və Kaykos adaları|Turks and Caicos Islands
TCD|Çad|Chad
TGO|Toqo|Togo
THA|Tailand|Thailand
TJK|Tacikistan|Tajikistan
TKL|Tokelau|Tokelau
TKM|Türkmənistan|Turkmenistan
TLS|Şərqi Timor|Timor-Leste
TON|Tonqa|Tonga
TTO|Trinidad və Tobaqo|Trinidad and Tobago
TUN|Tunis|Tunisia
TUR|Türkiyə|Türkiye
TUV|Tuvalu|Tuvalu
TWN|Tayvan|Taiwan
TZA|Tanzaniya|Tanzania
UGA|Uqanda|Uganda
UKR|Ukrayna|Ukraine
UMI|ABŞ-ın kiçik uzaq adaları|United States Minor Outlying Islands
URY|Uruqvay|Uruguay
USA|Amerika Birləşmiş Ştatları|United States of America
UZB|Özbəkistan|Uzbekistan
VAT|Vatikan|Holy See
VCT|Sent-Vinsent və Qrenadinlər|Saint Vincent and the Grenadines
VEN|Venesuela|Venezuela
VGB|Britaniyanın Virgin adaları|British Virgin Islands
VIR|ABŞ Virgin adaları|United States Virgin Islands
VNM|Vyetnam|Viet Nam
VUT|Vanuatu|Vanuatu
WLF|Uollis və Futuna|Wallis and Futuna
WSM|Samoa|Samoa
YEM|Yəmən|Yemen
ZAF|Cənubi Afrika Respublikası|South Africa
ZMB|Zambiya|Zambia
ZWE|Zimbabve|Zimbabwe
"""

_MRZ_ONLY = """
EUE|Avropa İttifaqı|European Union
GBD|Böyük Britaniyanın xarici əraziləri|British Overseas Territories citizen
GBN|Britaniya xaricdəki vətəndaşı|British National (Overseas)
GBO|Britaniyanın xarici vətəndaşı|British Overseas citizen
GBP|Britaniyanın himayəsində olan şəxs|British protected person
GBS|Britaniya təbəəsi|British subject
RKS|Kosovo|Kosovo
UNA|BMT ixtisaslaşmış qurumu|United Nations specialized agency
UNK|BMT-nin Kosovo missiyası|United Nations Interim Administration Mission in Kosovo
UNO|Birləşmiş Millətlər Təşkilatı|United Nations Organization
XOM|Malta ordeni|Sovereign Military Order of Malta
XPO|İnterpol|INTERPOL
XXA|Vətəndaşlığı olmayan şəxs|Stateless person
XXB|Qaçqın|Refugee
XXC|Digər qaçqın|Refugee, other
XXX|Vətəndaşlığı bilinməyən şəxs|Person of unspecified nationality
"""

MRZ_ALIASES = {"D": "DEU"}
"""Issuers that a machine-readable zone writes otherwise than ISO does."""


def _rows(text: str) -> list[ClassifierRow]:
    lines = (line.split("|") for line in text.strip().splitlines())
    return [ClassifierRow(code=code, az=az, en=en) for code, az, en in lines]


COUNTRIES = Classifier("countries", _rows(_ISO))
"""Countries of ISO 3166-1."""

DOCUMENT_ISSUERS = Classifier("document-issuers", _rows(_ISO) + _rows(_MRZ_ONLY))
"""Countries, and whoever else issues travel documents."""
