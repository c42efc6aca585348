export { inspectSource, type Inspection } from './inspection.ts';
export { inspectTarget, type TargetInspection } from './target.ts';
export { isNamedBySlot } from './interfaces.ts';
export { lvmDevicesFile } from './lvm-devices.ts';
