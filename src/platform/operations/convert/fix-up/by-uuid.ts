/**
 * A file of configuration in which disks are called by what does not change: each name that stands for
 * itself, or behind `root=`, is replaced; comments are left alone.
 * @param names `/dev/sda1` → `UUID=…`
 */
export function byUuid(text: string, names: Readonly<Record<string, string>>): string {
  const known = Object.keys(names);
  if (known.length === 0) return text;
  // The longest first: /dev/sda1 is the begin of /dev/sda11.
  const any = known.sort((a, b) => b.length - a.length).map((name) => name.replaceAll('.', '\\.'));
  const pattern = new RegExp(`(^|[\\s='"])(${any.join('|')})(?=$|[\\s'"])`, 'g');
  return text
    .split('\n')
    .map((line) =>
      /^\s*#/.test(line)
        ? line
        : line.replace(
            pattern,
            (_, before: string, name: string) => `${before}${names[name] ?? name}`,
          ),
    )
    .join('\n');
}
