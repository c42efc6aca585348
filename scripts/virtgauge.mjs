#!/usr/bin/env node
// The command of a clone (`npx virtgauge`). It is a file of the repository, not of dist/: npm
// remembers the command's file, and one that does not exist before set-up would stay unknown.
import { existsSync } from 'node:fs';

const main = new URL('../dist/cli/main.js', import.meta.url);

if (existsSync(main)) {
  await import(main.href);
} else {
  console.error('virtgauge is not built yet in this clone; run: node scripts/setup.mjs');
  process.exitCode = 1;
}
