import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const source = fileURLToPath(new URL('.', import.meta.url));

/** What a part of the code may import besides itself. */
const layers: Readonly<Record<string, readonly string[]>> = {
  base: [],
  platform: ['base'],
  manager: ['base', 'platform'],
  harness: ['base', 'platform', 'manager'],
  cli: ['base', 'platform', 'manager', 'harness'],
};

/** Where each library lives; in tests it may be anywhere. */
const homes: Readonly<Record<string, readonly string[]>> = {
  execa: ['platform/remote/'],
  ssh2: ['platform/remote/'],
  'simple-statistics': ['base/stats/', 'harness/', 'cli/progress/'],
  yaml: ['base/yaml/', 'platform/storage/lustre/'],
  'fast-xml-parser': ['platform/hypervisor/libvirt/', 'manager/wire/'],
  'xml-crypto': ['manager/wire/'],
  'xml-encryption': ['manager/wire/'],
  '@peculiar/x509': ['manager/wire/'],
  'reflect-metadata': ['manager/wire/'],
  undici: ['manager/wire/', 'manager/state/etcd/'],
  hono: ['manager/wire/', 'manager/dashboard/'],
  '@hono/node-server': ['manager/wire/', 'manager/dashboard/'],
  'prom-client': ['manager/dashboard/'],
  vega: ['harness/report/'],
  'vega-lite': ['harness/report/'],
  '@resvg/resvg-js': ['harness/report/'],
  'csv-stringify': ['harness/report/'],
  commander: ['cli/'],
  'log-update': ['cli/'],
  zod: ['base/yaml/', 'platform/', 'manager/', 'harness/'],
};

const longest = 300;

interface Import {
  /** Path below src/, or the name of a package. */
  to: string;
  own: boolean;
  /** Gone when the code runs. */
  typeOnly: boolean;
}

/** Everything that a file imports or passes on, also later. */
function importsOf(file: string, text: string): Import[] {
  const pattern =
    /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;
  return [...text.matchAll(pattern)].map(([, type, named, later]) => {
    const to = named ?? later ?? '';
    const own = to.startsWith('.');
    return {
      to: own ? normalize(join(dirname(file), to)) : packageName(to),
      own,
      typeOnly: type !== undefined,
    };
  });
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

const layerOf = (file: string) => file.split('/')[0] ?? '';
const isTest = (file: string) => /\.(test|example)\.ts$/.test(file);

/** What breaks the rules in these files: path below src/ → text. */
function breaches(files: ReadonlyMap<string, string>): string[] {
  const imports = new Map([...files].map(([file, text]) => [file, importsOf(file, text)]));
  const found = [...imports].flatMap(([file, all]) =>
    all.flatMap(({ to, own }) => {
      if (own) {
        const allowed =
          layerOf(to) === layerOf(file) || layers[layerOf(file)]?.includes(layerOf(to));
        return allowed ? [] : [`${file} may not import ${to}`];
      }
      if (to.startsWith('node:') || isTest(file)) return [];
      const home = homes[to] ?? [];
      return home.some((folder) => file.startsWith(folder)) ? [] : [`${to} has no home in ${file}`];
    }),
  );
  const long = [...files].filter(
    ([file, text]) => !isTest(file) && text.split('\n').length > longest,
  );
  return [
    ...found,
    ...cycles(imports).map((files) => `cycle: ${files.join(' → ')}`),
    ...long.map(([file]) => `${file} is longer than ${longest} lines`),
  ];
}

/** One cycle for each file that closes one; types alone make none. */
function cycles(imports: ReadonlyMap<string, readonly Import[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file]);
    if (done.has(file) || path.includes(file)) return;
    for (const { to, own, typeOnly } of imports.get(file) ?? []) {
      if (own && !typeOnly) visit(to, [...path, file]);
    }
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  return found;
}

it('holds in all of the source', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && layerOf(file) in layers)
    .map((file) => [file, readFileSync(join(source, file), 'utf8')] as const);
  expect(files.length).toBeGreaterThan(100);
  expect(breaches(new Map(files))).toEqual([]);
});

describe('would tell of', () => {
  const told = (files: Record<string, string>) => breaches(new Map(Object.entries(files)));

  it.each([
    ['base/a.ts', '../platform/b.ts'],
    ['platform/a.ts', '../harness/b.ts'],
    ['manager/a.ts', '../harness/b.ts'],
    ['harness/a/b.ts', '../../cli/c.ts'],
  ])('%s that imports %s', (file, to) => {
    const lines = [
      `import { x } from '${to}';`,
      `import type { x } from '${to}';`,
      `import '${to}';`,
      `import {\n  x,\n} from '${to}';`,
      `export { x } from '${to}';`,
      `const { x } = await import('${to}');`,
    ];
    for (const line of lines) expect(told({ [file]: line })).toHaveLength(1);
  });

  it('a library away from its home, and one that has none', () => {
    expect(told({ 'cli/a.ts': "import { execa } from 'execa';" })).toHaveLength(1);
    expect(told({ 'base/a.ts': "import x from 'left-pad';" })).toHaveLength(1);
    expect(told({ 'cli/a.ts': "import { stringify } from 'csv-stringify/sync';" })).toHaveLength(1);
  });

  it('a cycle, but not of types', () => {
    const cycle = { 'base/a.ts': "import './b.ts';", 'base/b.ts': "import { a } from './a.ts';" };
    expect(told(cycle)).toEqual(['cycle: base/a.ts → base/b.ts → base/a.ts']);
    expect(told({ ...cycle, 'base/b.ts': "import type { A } from './a.ts';" })).toEqual([]);
  });

  it('a long file that is no test', () => {
    const text = '\n'.repeat(longest + 1);
    expect(told({ 'base/a.ts': text, 'base/a.test.ts': text })).toHaveLength(1);
  });
});
