/**
 * What went wrong, in words.
 * @param data of QEMU's event BLOCK_IO_ERROR
 */
export function describeDiskError(data: Readonly<Record<string, unknown>>): string {
  const what = `a ${String(data.operation)} on its disk failed`;
  return data.nospace === true
    ? `${what}: no space left on the storage`
    : `${what}: ${String(data.reason)}`;
}
