import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { headCommit, ownVersion } from './own-version.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';
const other = 'f'.repeat(40);

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'virtgauge-version-'));
  write('package.json', '{"name":"virtgauge","version":"1.2.3"}');
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

it('is that of the package where there is no repository', () => {
  expect(ownVersion(root)).toBe('1.2.3');
});

it('names the commit of a branch', () => {
  write('.git/HEAD', 'ref: refs/heads/main\n');
  write('.git/refs/heads/main', `${commit}\n`);
  expect(ownVersion(root)).toBe('1.2.3 (0123456789ab)');
});

it('finds a branch among the packed ones', () => {
  write('.git/HEAD', 'ref: refs/heads/main\n');
  write('.git/packed-refs', `# pack-refs\n${other} refs/heads/not/main\n${commit} refs/heads/main\n`);
  expect(headCommit(root)).toBe(commit);
});

it('names a commit checked out by itself', () => {
  write('.git/HEAD', `${commit}\n`);
  expect(headCommit(root)).toBe(commit);
});

it('follows a linked work tree to its repository', () => {
  write('.git', 'gitdir: repository/worktrees/one\n');
  write('repository/HEAD', `${other}\n`);
  write('repository/worktrees/one/HEAD', 'ref: refs/heads/feature/x\n');
  write('repository/worktrees/one/commondir', '../..\n');
  write('repository/refs/heads/feature/x', `${commit}\n`);
  expect(headCommit(root)).toBe(commit);
});

it('names no commit before the first, nor in a layout that it does not know', () => {
  write('.git/HEAD', 'ref: refs/heads/.invalid\n');
  expect(headCommit(root)).toBeUndefined();
});

it('finds the package that it belongs to', () => {
  expect(ownVersion()).toMatch(/^\d+\.\d+\.\d+/);
});
