export { joined } from './joined.ts';
export { startHttpLoad, type HttpLoad, type HttpLoadOptions } from './load.ts';
export type { LoadRequests, LoadTrace } from './trace.ts';
