// What hbal does: moves instances until the score gets no better. Prints one JSON line.
// usage: node hbal-program.mjs FILE disk-moves|migrations
import { readFileSync } from 'node:fs';

/** @param {string} path */
const dist = (path) => import(new URL(`../../dist/manager/cluster/${path}`, import.meta.url).href);
const [{ parseHtools }, { balance, GanetiState, moveText }] = await Promise.all([
  dist('formats/parse-htools.js'),
  dist('ganeti/index.js'),
]);

const [file = '', moves] = process.argv.slice(2);
const state = new GanetiState(parseHtools(readFileSync(file, 'utf8'), file));
const done = balance(state, { diskMoves: moves === 'disk-moves' });
for (const move of done.moves) {
  const name = state.instances[move.instance]?.name ?? '';
  console.error(`${name} ${move.score.toFixed(8)} a=${moveText(move, state.names)}`);
}
console.log(JSON.stringify({ before: done.before, after: done.after, moves: done.moves.length }));
