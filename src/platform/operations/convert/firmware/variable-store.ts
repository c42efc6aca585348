/** A variable of a UEFI firmware that it keeps and tells the system. */
export interface FirmwareVariable {
  /** `BootOrder` */
  name: string;
  data: Buffer;
}

/** GUIDs as they lie in memory. */
const volume = guid('fff12b8d-7696-4c8b-a985-2747075b4f50');
const store = guid('aaf32c78-947b-439a-a180-2e144ec37792');
const globalVariables = guid('8be4df61-93ca-11d2-aa0d-00e098032b8c');

/** Of a volume's header: where its own length stands. */
const headerLengthAt = 48;
const storeHeader = 28;
const variableHeader = 60;
/** It stays without power, at the start and in the system. */
const attributes = 7;
const added = 0x3f;

/**
 * OVMF's variables with some more: for a store as it is delivered, in which there is none yet. Formats:
 * the headers of EDK II's firmware volume, variable store and authenticated variable.
 * @param empty content of `OVMF_VARS*.fd`
 * @throws Error if it is something else, or has variables already
 */
export function withVariables(empty: Buffer, variables: readonly FirmwareVariable[]): Buffer {
  const result = Buffer.from(empty);
  const at = result.readUInt16LE(headerLengthAt);
  const end = at + result.readUInt32LE(at + store.length);
  if (!result.subarray(16, 32).equals(volume) || !result.subarray(at, at + 16).equals(store)) {
    throw new Error('expected the empty variables of OVMF, got another store');
  }
  if (end > result.length || result.subarray(at + storeHeader, end).some((byte) => byte !== 0xff)) {
    throw new Error('expected the empty variables of OVMF, got some that are set');
  }
  let next = at + storeHeader;
  for (const variable of variables) {
    const record = recordOf(variable);
    if (next + record.length > end) throw new Error('more variables than OVMF has room for');
    record.copy(result, next);
    // Each begins at a multiple of four.
    next = (next + record.length + 3) & ~3;
  }
  return result;
}

function recordOf({ name, data }: FirmwareVariable): Buffer {
  const text = Buffer.from(`${name}\0`, 'utf16le');
  const header = Buffer.alloc(variableHeader);
  header.writeUInt16LE(0x55aa, 0);
  header.writeUInt8(added, 2);
  header.writeUInt32LE(attributes, 4);
  header.writeUInt32LE(text.length, 36);
  header.writeUInt32LE(data.length, 40);
  globalVariables.copy(header, 44);
  return Buffer.concat([header, text, data]);
}

/** The first three of its numbers are little-endian. */
function guid(text: string): Buffer {
  const [a = '', b = '', c = '', ...rest] = text.split('-');
  const turned = [a, b, c].map((part) => Buffer.from(part, 'hex').reverse());
  return Buffer.concat([...turned, Buffer.from(rest.join(''), 'hex')]);
}
