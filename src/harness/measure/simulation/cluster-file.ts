import { clusterOfHtools, parseHtools } from '../../../manager/cluster/formats/index.ts';
import type { ClusterDescription } from '../../../manager/cluster/model/index.ts';
import type { Scenario } from '../../scenario/schema.ts';
import { readOnce } from './read-once.ts';

const read = readOnce(
  (text, path): ClusterDescription => clusterOfHtools(parseHtools(text, path)),
  'Name a file that hscan or gnt-cluster wrote for hspace -t.',
);

/**
 * The cluster that a scenario names, read once; undefined where it names none.
 * @throws UserError if it cannot be read, or is none
 */
export function clusterOf({ measure }: Scenario): ClusterDescription | undefined {
  const path = measure.simulation?.cluster;
  return path === undefined ? undefined : read('measure.simulation.cluster', path);
}
