export { addressesOf, type AddressRange } from './address-range.ts';
export { loadInventory, type Inventory } from './load.ts';
export { hostEntrySchema, type Endpoint, type HostEntry } from './schema.ts';
