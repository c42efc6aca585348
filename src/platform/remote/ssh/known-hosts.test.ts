import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { judgeKey, keyType, knownTypes, parseKnownHosts } from './known-hosts.ts';

const folder = mkdtempSync(join(tmpdir(), 'virtgauge-known-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A key of the given type; only its type and its difference from others count. */
function wire(type: string, seed: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), Buffer.alloc(32, seed)]);
}
const ed = wire('ssh-ed25519', 1);
const other = wire('ssh-ed25519', 2);
const rsa = wire('ssh-rsa', 3);
const written = (key: Buffer) => `${keyType(key)} ${key.toString('base64')}`;

function verdict(text: string, key: Buffer, address = 'h1.example', port = 22): string {
  const judged = judgeKey(parseKnownHosts(text, 'known'), { address, port }, key);
  return 'known' in judged ? `${judged.is} ${judged.known.line}` : judged.is;
}

describe('judgeKey', () => {
  it.each([
    ['by its name', `h1.example ${written(ed)}`, 'known'],
    ['whatever the case', `H1.Example ${written(ed)}`, 'known'],
    [
      'with a comment, blanks and empty lines',
      `\n# x\n  h1.example  ${written(ed)} me@x\n`,
      'known',
    ],
    ['among several names', `10.0.0.1,h1.example ${written(ed)}`, 'known'],
    ['by a wildcard', `*.example ${written(ed)}`, 'known'],
    ['by single characters', `h?.example ${written(ed)}`, 'known'],
    ['not by a dot that is any character', `h1xexample ${written(ed)}`, 'unknown'],
    ['not where a negation excludes it', `*.example,!h1.example ${written(ed)}`, 'unknown'],
    ['not by a negation alone', `!h2.example ${written(ed)}`, 'unknown'],
    ['not by a part of its name', `h1 ${written(ed)}\nexample ${written(ed)}`, 'unknown'],
    ['not by the key of another host', `h2.example ${written(ed)}`, 'unknown'],
    ['with another key of the same type', `#\nh1.example ${written(other)}`, 'changed 2'],
    [
      'with one of two keys of a type',
      `h1.example ${written(other)}\nh1.example ${written(ed)}`,
      'known',
    ],
    ['with a key of another type', `h1.example ${written(rsa)}`, 'changed 1'],
    ['with a revoked key', `h1.example ${written(ed)}\n@revoked * ${written(ed)}`, 'revoked 2'],
    [
      'with another key revoked',
      `h1.example ${written(ed)}\n@revoked * ${written(other)}`,
      'known',
    ],
    ['with a certificate authority', `@cert-authority * ${written(ed)}`, 'unknown'],
    ['with an unknown marker', `@x h1.example ${written(ed)}`, 'unknown'],
    ['with broken lines', `h1.example\nh1.example ssh-ed25519\n|1|x\n`, 'unknown'],
    ['with a name that looks like an expression', `h(1.example ${written(ed)}`, 'unknown'],
  ])('knows a host %s', (_, text, expected) => {
    expect(verdict(text, ed)).toBe(expected);
  });

  it('tells ports apart, and takes a plain name for any port if the key fits', () => {
    const text = `[h1.example]:2222 ${written(other)}\nh1.example ${written(ed)}`;
    expect(verdict(text, other, 'h1.example', 2222)).toBe('known');
    expect(verdict(text, ed, 'h1.example', 2222)).toBe('known');
    expect(verdict(text, rsa, 'h1.example', 2222)).toBe('changed 1');
    expect(verdict(text, other)).toBe('changed 2');
    expect(verdict(`h1.example ${written(ed)}`, other, 'h1.example', 2222)).toBe('unknown');
  });

  it('reads what ssh-keygen has hashed', () => {
    const file = join(folder, 'hashed');
    const key = realKey();
    writeFileSync(file, `h1.example ${key}\n[h2.example]:2222 ${key}\n`);
    execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
    const text = readFileSync(file, 'utf8');
    const bytes = Buffer.from(key.split(' ')[1] ?? '', 'base64');
    expect(text).not.toContain('h1.example');
    expect(verdict(text, bytes)).toBe('known');
    expect(verdict(text, bytes, 'h2.example', 2222)).toBe('known');
    expect(verdict(text, bytes, 'h2.example', 2223)).toBe('unknown');
    expect(verdict(text, other)).toBe('changed 1');
  });
});

describe('knownTypes', () => {
  it('names the types to ask a host for', () => {
    const text = `h1.example ${written(rsa)}\n*.example ${written(ed)}\n@revoked * ssh-dss AA`;
    const known = parseKnownHosts(text, 'known');
    expect(knownTypes(known, { address: 'h1.example', port: 22 })).toEqual([
      'ssh-rsa',
      'ssh-ed25519',
    ]);
    expect(knownTypes(known, { address: 'h2', port: 22 })).toEqual([]);
  });
});

function realKey(): string {
  const file = join(folder, 'key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
  return readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' ').trim();
}
