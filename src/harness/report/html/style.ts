import type { Colour, Palette } from '../palette.ts';
import { paper } from '../palette.ts';
import { accent, faint, fainter, ink, phaseColours, quiet } from '../charts/theme.ts';

const named: Readonly<Record<string, Colour>> = { paper, ink, quiet, faint, fainter, accent };

/** CSS variable of every colour of the report, by its colour on paper. */
export function colourVariables(palette: Palette): Map<string, { name: string; colour: Colour }> {
  const all: [string, Colour][] = [
    ...Object.entries(named),
    ...palette.arms.map((colour, arm): [string, Colour] => [`arm-${arm}`, colour]),
    ...palette.families.map((colour, arm): [string, Colour] => [`family-${arm}`, colour]),
    ...phaseColours.map((colour, phase): [string, Colour] => [`phase-${phase}`, colour]),
  ];
  const variables = new Map<string, { name: string; colour: Colour }>();
  for (const [name, colour] of all) {
    if (!variables.has(colour.light)) variables.set(colour.light, { name: `--${name}`, colour });
  }
  return variables;
}

/** The whole style sheet of the page. */
export function styleSheet(palette: Palette): string {
  const variables = [...colourVariables(palette).values()];
  const set = (scheme: keyof Colour) =>
    variables.map(({ name, colour }) => `${name}:${colour[scheme]}`).join(';');
  return `:root{color-scheme:light dark;${set('light')}}
@media (prefers-color-scheme:dark){:root{${set('dark')}}}
@media print{:root{color-scheme:light;${set('light')}}}
${sheet}`;
}

const sheet = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1020px;margin:0 auto;padding:40px 32px 64px}
h1{font-size:30px;line-height:1.2;font-weight:600;margin:2px 0 6px;overflow-wrap:anywhere}
h2{font-size:18px;font-weight:600;margin:44px 0 12px}
h3{font-size:15px;font-weight:600;margin:24px 0 8px}
p{margin:0 0 10px}
a{color:var(--accent)}
code{font:.9em ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
pre.copy{white-space:pre-wrap;user-select:all}
pre{background:var(--fainter);padding:10px 14px;border-radius:4px;white-space:pre-wrap;overflow-wrap:anywhere;margin:6px 0 12px}
.kicker{color:var(--accent);font-size:13px;letter-spacing:.04em;margin:0}
.lead{font-size:16px;max-width:46em}
.quiet{color:var(--quiet)}
.small{font-size:13px}
.badges{display:flex;flex-wrap:wrap;gap:6px;margin:12px 0;padding:0;list-style:none}
.badges li{border:1px solid var(--accent);color:var(--accent);border-radius:99px;padding:1px 10px;font-size:13px}
.failures{margin:6px 0 0;padding-left:20px}
.answer{list-style:none;margin:0;padding:0}
.answer li{display:grid;grid-template-columns:118px 1fr;gap:0 16px;padding:9px 0;border-top:1px solid var(--fainter)}
.answer li:first-child{border-top:0}
.answer .kind{font-size:13px;color:var(--quiet);padding-top:2px}
.answer .different .kind{color:var(--accent);font-weight:600}
.warnings{list-style:none;margin:0;padding:0}
.warnings li{border-left:3px solid var(--accent);padding:2px 0 2px 14px;margin:0 0 8px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:13px;line-height:1.4}
th{font-weight:400;text-align:left}
td,th{padding:5px 10px 5px 0;vertical-align:top}
.scroll+.scroll{margin-top:22px}
.comparison thead th{color:var(--quiet);padding-bottom:2px;padding-top:2px;white-space:nowrap}
.comparison thead th[scope=colgroup],.comparison thead th[scope=col]{border-bottom:1px solid var(--faint);color:var(--ink)}
.comparison tbody th{min-width:130px;max-width:150px;width:150px;overflow-wrap:anywhere}
.comparison tbody tr{border-bottom:1px solid var(--fainter);break-inside:avoid}
.comparison td{white-space:nowrap;min-width:96px}
.comparison .value{font-size:14px}
.comparison .detail{display:block;color:var(--quiet);font-size:11.5px}
.comparison .ratio{display:block;font-size:11.5px;color:var(--quiet)}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.comparison .ratio svg{display:block;margin:3px 0 1px -5px;max-width:100%}
.comparison .different{color:var(--ink)}
.comparison .bad{color:var(--ink);font-weight:600;white-space:normal}
.swatch{display:inline-block;width:9px;height:9px;border-radius:2px;margin-right:5px}
figure{margin:0 0 34px;break-inside:avoid}
figure svg{display:block;width:100%;height:auto}
figcaption{max-width:52em;margin-top:6px}
figcaption .files{color:var(--quiet);font-size:13px;white-space:nowrap}
.facts{width:100%}
.facts th{color:var(--quiet);width:170px}
.facts td{overflow-wrap:anywhere}
details summary{cursor:pointer;color:var(--accent);margin:10px 0}
footer{margin-top:48px;padding-top:12px;border-top:1px solid var(--fainter);color:var(--quiet);font-size:13px}
@media (max-width:640px){main{padding:24px 16px}.answer li{grid-template-columns:1fr}}
@page{size:A4;margin:14mm 12mm}
@media print{
figure svg{max-height:235mm}
.answer li,.warnings li{break-inside:avoid}
body{font-size:10.5pt}
main{max-width:none;padding:0}
h2{break-after:avoid;margin-top:26px}
p:has(+.scroll),p:has(+p+.scroll),p:has(+pre),h3{break-after:avoid}
p.small{break-inside:avoid}
tr{break-inside:avoid}
thead{break-after:avoid}
.comparison{font-size:8pt}.comparison .value{font-size:8.5pt}.comparison .detail,.comparison .ratio{font-size:7pt}
td,th{padding-right:5px}
.comparison td{min-width:0}
.comparison .ratio svg{width:62px;height:auto;margin-left:-3px}
.comparison tbody th{min-width:70px;max-width:88px;width:88px;font-size:7.5pt}
.scroll{overflow:visible}
pre{white-space:pre-wrap}
a{color:inherit;text-decoration:none}
details:not([open]){display:none}
}`;
