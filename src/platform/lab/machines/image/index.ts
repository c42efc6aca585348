export { encodeIdentity, readReply, type MachineIdentity, type MachineReply } from './identity.ts';
export { readMachineImage, type MachineImage } from './image-folder.ts';
export { machineKinds, type MachineKind } from './kinds.ts';
export { machineImage, type ImageOptions } from './machine-image.ts';
