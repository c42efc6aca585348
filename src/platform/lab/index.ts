export { labUp, type Lab, type LabRequest } from './namespaces/lab-up.ts';
export { labDown } from './namespaces/lab-down.ts';
export { inventoryPath } from './inventory-path.ts';
export { labExists, labNames, readLab, type LabRecord } from './lab-record.ts';
