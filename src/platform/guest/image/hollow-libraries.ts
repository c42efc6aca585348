import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Shell } from '../../remote/shell.ts';

/**
 * Libraries of fio's engines for Ceph, Gluster, NBD, RDMA and persistent memory. Debian links them
 * all: 80 MB that every start of fio would load and no guest uses.
 */
export const unusedLibrary = /^lib(rados|rbd|gfapi|nbd|ibverbs|rdmacm|pmem|pmemblk)(\.so|\d)/;

interface Undefined {
  symbol: string;
  version?: string;
}

/**
 * Makes a hollow library for each one that `program` needs and `unused` names: it has the
 * symbols that the program asks for, and calling one ends the program.
 * @param kept the other libraries that the program needs, as files
 * @returns the names of the libraries made in `folder`
 */
export async function makeHollowLibraries(
  shell: Shell,
  program: string,
  kept: readonly string[],
  folder: string,
  unused = unusedLibrary,
): Promise<string[]> {
  const { stdout: headers } = await shell.run(['objdump', '-p', program]);
  const versions = versionReferences(headers);
  const names = neededNames(headers).filter((name) => unused.test(name));
  const missing = undefinedSymbols((await shell.run(['objdump', '-T', program])).stdout);
  const offered = new Set<string>();
  for (const library of kept) {
    const { stdout } = await shell.run(['objdump', '-T', library]);
    for (const symbol of definedSymbols(stdout)) offered.add(symbol);
  }
  await mkdir(folder, { recursive: true });
  for (const name of names) {
    const own = new Set(versions.get(name) ?? []);
    const symbols = missing.filter(({ symbol, version }) =>
      version === undefined ? own.size === 0 && !offered.has(symbol) : own.has(version),
    );
    await compileHollow(shell, join(folder, name), name, symbols);
  }
  return names;
}

async function compileHollow(
  shell: Shell,
  path: string,
  name: string,
  symbols: readonly Undefined[],
): Promise<void> {
  const source = symbols.map(({ symbol }) => `void ${symbol}(void) { __builtin_trap(); }\n`);
  await writeFile(`${path}.c`, source.join(''));
  await writeFile(`${path}.map`, versionScript(symbols));
  await shell.run([
    ...([
      'gcc',
      '-shared',
      '-fPIC',
      '-nostdlib',
      '-w',
      '-fno-builtin',
      `-Wl,-soname,${name}`,
    ] as const),
    ...[`-Wl,--version-script,${path}.map`, '-o', path, `${path}.c`],
  ]);
  await rm(`${path}.c`);
  await rm(`${path}.map`);
}

/** The linker's version script: every symbol in the version that the program asks for. */
function versionScript(symbols: readonly Undefined[]): string {
  const byVersion = new Map<string | undefined, string[]>();
  for (const { symbol, version } of symbols) {
    byVersion.set(version, [...(byVersion.get(version) ?? []), symbol]);
  }
  if (byVersion.size === 0) return '{ global: *; };\n';
  return [...byVersion]
    .map(([version, names]) => `${version ?? ''} { global: ${names.join('; ')}; };\n`)
    .join('');
}

function neededNames(headers: string): string[] {
  return [...headers.matchAll(/^\s*NEEDED\s+(\S+)$/gm)].map((match) => match[1] ?? '');
}

/** Library → versions of symbols that are asked of it. */
function versionReferences(headers: string): Map<string, string[]> {
  const references = new Map<string, string[]>();
  for (const [, name = '', block = ''] of headers.matchAll(
    /required from (\S+):\n((?:\s+0x.*\n?)*)/g,
  )) {
    references.set(
      name,
      [...block.matchAll(/(\S+)\s*$/gm)].map((match) => match[1] ?? ''),
    );
  }
  return references;
}

/** Weak ones (`w`) are left out: a program runs without them, and must not find ours. */
function undefinedSymbols(table: string): Undefined[] {
  return [
    ...table.matchAll(/^\S+ {6}DF? +\*UND\*\s+\S+\s+(?:\((\S+)\)|Base|(\S+))?\s+(\S+)$/gm),
  ].map(([, inBrackets, plain, symbol = '']) => {
    const version = inBrackets ?? plain;
    return { symbol, ...(version !== undefined && { version }) };
  });
}

function definedSymbols(table: string): string[] {
  return table
    .split('\n')
    .filter((line) => /^[0-9a-f]{8,}/.test(line) && !line.includes('*UND*'))
    .map((line) => /(\S+)$/.exec(line)?.[1] ?? '');
}
