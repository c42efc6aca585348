export * from './model.ts';
export { sharingPolicies, type SharingPolicyName } from './policies/list.ts';
export { donorsOf, planSharing, type SharingRequest } from './share.ts';
