// Where countries are that the map is too coarse to draw: longitude and latitude in
// degrees, by ISO 3166-1 alpha-2.
const table =
  'AD1.6,42.5 AG-61.8,17.3 AI-63.1,18.2 AS-170.7,-14.3 AW-70,12.5 AX20,60.2 BB-59.6,13.2 BH50.5,26 BL-62.8,17.9 BM-64.8,32.3 BQ-68.25,12.2 CC96.85,-12.15 CK-159.8,-21.2 CV-24,16 CW-69,12.2 CX105.65,-10.45 DM-61.4,15.4 ' +
  'FM153.3,7.5 FO-6.9,62.1 GD-61.7,12.1 GF-53.1,4 GG-2.6,49.5 GI-5.35,36.14 GP-61.5,16.2 GS-36.5,-54.5 GU144.8,13.4 HK114.1,22.4 HM73.5,-53.1 IM-4.5,54.2 IO72.4,-7.3 JE-2.1,49.2 KI-167.9,0.9 KM43.7,-11.9 KN-62.7,17.3 KY-80.9,19.4 ' +
  'LC-61,13.9 LI9.5,47.1 MC7.4,43.8 MF-63.1,18.1 MH170.3,7 MO113.5,22.2 MP145.6,15.8 MQ-61,14.65 MS-62.2,16.7 MT14.4,35.9 MU57.6,-20.3 MV73.5,3.7 NF167.9,-29.1 NR166.9,-0.5 NU-169.9,-19 PF-144.8,-14.7 PM-56.3,46.9 PN-128.3,-24.4 ' +
  'PW134.4,7.3 RE55.5,-21.1 SC55.5,-4.7 SG103.8,1.4 SH-9.7,-12.4 SJ16,78.5 SM12.5,43.9 ST6.7,0.4 SX-63.1,18.1 TC-72,21.8 TK-171.8,-9.2 TO-174.8,-20.4 TV179.2,-8.5 VA12.4,41.9 VC-61.2,13.2 VG-64.5,18.5 VI-64.8,18 WF-177.3,-13.9 WS-172.2,-13.8 YT45.15,-12.8'

/** points are the places of small countries, as [longitude, latitude]. */
export const points = new Map(table.split(' ').map((text) => [text.slice(0, 2), text.slice(2).split(',').map(Number) as [number, number]]))
