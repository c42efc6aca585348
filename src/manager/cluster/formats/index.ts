export { clusterOfHtools } from './htools-cluster.ts';
export { parseHtools } from './parse-htools.ts';
export { writeHtools } from './write-htools.ts';
