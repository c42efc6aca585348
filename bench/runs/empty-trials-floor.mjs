// The least that a recorded run can cost: the lines of a finished one, written one by one with the
// same system calls, without looking at them.
import { mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const [from = '', to = ''] = process.argv.slice(2);
mkdirSync(to);
for (const name of ['samples.ndjson', 'trials.ndjson']) {
  const lines = readFileSync(join(from, name), 'utf8').split(/(?<=\n)/);
  const file = openSync(join(to, name), 'a');
  for (const line of lines) writeSync(file, line);
}
