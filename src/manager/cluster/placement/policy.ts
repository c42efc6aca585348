import type { Random } from '../../../base/stats/random.ts';
import type { Cluster, HostIndex } from '../model/index.ts';
import type { Shape } from './shape.ts';

/**
 * A way to choose among the hosts that can take a guest. `cost`: the host with the lowest cost, of
 * equals the first. `order`: the first that can take it in an order that does not depend on loads.
 */
export type PlacementPolicy =
  | {
      readonly name: string;
      readonly about: string;
      readonly by: 'cost';
      /** A function of this host and the shape alone, never NaN. */
      cost(cluster: Cluster, host: HostIndex, shape: Shape): number;
    }
  | {
      readonly name: string;
      readonly about: string;
      readonly by: 'order';
      /** All hosts, each once. */
      order(hosts: number, context: OrderContext): Iterable<HostIndex>;
    };

export interface OrderContext {
  /** The host that was chosen last; −1: none yet. */
  readonly last: HostIndex;
  readonly random: Random;
}
