const unitsPerEm = 2048;
/** Advance widths of DejaVu Sans 2.37 for U+0020 to U+007E, in units of its em. */
const ascii = [
  651, 821, 942, 1716, 1303, 1946, 1597, 563, 799, 799, 1024, 1716, 651, 739, 651, 690, 1303, 1303,
  1303, 1303, 1303, 1303, 1303, 1303, 1303, 1303, 690, 690, 1716, 1716, 1716, 1087, 2048, 1401,
  1405, 1430, 1577, 1294, 1178, 1587, 1540, 604, 604, 1343, 1141, 1767, 1532, 1612, 1235, 1612,
  1423, 1300, 1251, 1499, 1401, 2025, 1403, 1251, 1403, 799, 690, 799, 1716, 1024, 1024, 1255, 1300,
  1126, 1300, 1260, 721, 1300, 1298, 569, 569, 1186, 569, 1995, 1298, 1253, 1300, 1300, 842, 1067,
  803, 1298, 1212, 1675, 1212, 1212, 1075, 1303, 690, 1303, 1716,
];
const others = new Map([
  ['·', 651],
  ['–', 1024],
  ['µ', 1303],
]);
const widest = 2048;

/** Width of a text in the shipped font, in pixels; characters of other scripts count as widest. */
export function textWidth(text: string, fontSize: number): number {
  let width = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    width += ascii[code - 0x20] ?? others.get(character) ?? widest;
  }
  return (width / unitsPerEm) * fontSize;
}
