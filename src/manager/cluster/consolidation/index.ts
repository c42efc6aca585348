export { consolidate, type Consolidation, type ConsolidationRules } from './consolidate.ts';
