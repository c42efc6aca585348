export { labUp } from './namespaces/lab-up.ts';
export type { Lab } from './make-lab.ts';
export type { LabRequest } from './namespaces/request.ts';
export { labDown } from './lab-down.ts';
export { formatBitRate, parseRate } from './rate.ts';
export { inventoryPath } from './inventory-path.ts';
export { labExists, labNames, readLab, type LabRecord } from './lab-record.ts';
