export { imbalance } from './imbalance.ts';
export {
  rebalance,
  type Rebalancing,
  type RebalancingMove,
  type RebalancingRules,
} from './rebalance.ts';
