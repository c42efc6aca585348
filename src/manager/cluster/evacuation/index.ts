export { evacuate, packOf, type Evacuation } from './evacuate.ts';
export type { Relocation } from './relocation.ts';
