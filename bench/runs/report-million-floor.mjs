// The least that reading samples can cost in plain JavaScript: every line parsed, its value added up.
import { closeSync, openSync, readSync } from 'node:fs';

const [path = ''] = process.argv.slice(2);
const file = openSync(path, 'r');
const chunk = Buffer.allocUnsafe(1 << 20);
let rest = '';
let sum = 0;
for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
  const lines = (rest + chunk.toString('latin1', 0, read)).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) sum += JSON.parse(line).value;
}
closeSync(file);
console.log(sum);
