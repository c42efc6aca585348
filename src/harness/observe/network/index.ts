export { probeSeries, type ProbeBin } from './series.ts';
export type { Answers, NetworkTrace, Requests } from './trace.ts';
export {
  defaultRate,
  watchNetwork,
  type NetworkWatching,
  type WatchNetworkOptions,
} from './watch.ts';
