/**
 * The mount points at or below a directory, from the text of `/proc/self/mountinfo` (proc(5):
 * field 5 is the mount point, with blanks written as octal escapes).
 */
export function mountsWithin(directory: string, mountinfo: string): string[] {
  return mountinfo
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .map((field) =>
      field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
      ),
    )
    .filter((point) => point === directory || point.startsWith(`${directory}/`));
}
