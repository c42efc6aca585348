export { allocateMany, allocateTiered, type Allocated, type Spec } from './allocate-many.ts';
export type { FailMode } from './fail-mode.ts';
export { balance, type Balance, type BalanceRules } from './balance.ts';
export { moveText, type GanetiMove, type MoveKind } from './moves.ts';
export { ganetiScore } from './score.ts';
export { GanetiState } from './state.ts';
