export { encodeIdentity, readReply, type MachineIdentity, type MachineReply } from './identity.ts';
export { machineKinds, type MachineKind } from './kinds.ts';
export {
  machineImage,
  readMachineImage,
  type ImageOptions,
  type MachineImage,
} from './machine-image.ts';
