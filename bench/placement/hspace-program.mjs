// What hspace does with `--standard-alloc` and `-l`: a tiered allocation from the largest size that the
// policy allows, then a standard one, each on the cluster of the file. Prints one JSON line.
// usage: node hspace-program.mjs FILE TEMPLATE LIMIT [OUTPUT]
import { readFileSync, writeFileSync } from 'node:fs';

/** @param {string} path */
const dist = (path) => import(new URL(`../../dist/manager/cluster/${path}`, import.meta.url).href);
const [{ parseHtools }, { allocateMany, allocateTiered }, { ganetiScore }, { GanetiState }] =
  await Promise.all([
    dist('formats/parse-htools.js'),
    dist('ganeti/allocate-many.js'),
    dist('ganeti/score.js'),
    dist('ganeti/state.js'),
  ]);

const [file = '', diskTemplate, limit, output] = process.argv.slice(2);
const data = parseHtools(readFileSync(file, 'utf8'), file);
const [memory, vcpus, disk, , , spindles] = data.policies[0].bounds[0].max;
/**
 * @param {unknown} state
 * @param {{ instances: readonly unknown[] }} allocated
 */
const result = (state, { instances }) => ({ score: ganetiScore(state), count: instances.length });
const tieredState = new GanetiState(data);
const tiered = allocateTiered(
  tieredState,
  { memory, disk, vcpus, spindles, diskTemplate },
  Number(limit),
);
const state = new GanetiState(data);
const size = { memory: 2048, disk: 20_480, vcpus: 1, spindles: 1, diskTemplate };
const standard = allocateMany(state, size, Number(limit));
console.log(
  JSON.stringify({ tiered: result(tieredState, tiered), standard: result(state, standard) }),
);
if (output !== undefined) {
  writeFileSync(output, JSON.stringify({ tiered: tiered.instances, standard: standard.instances }));
}
