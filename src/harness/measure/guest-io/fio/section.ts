/** Option → value; one without a value stands alone on its line. */
export type Options = Readonly<Record<string, string | number | undefined>>;

/** A section of fio's job file. */
export interface Section {
  name: string;
  options: Options;
}

export function section({ name, options }: Section): string {
  const lines = Object.entries(options).map(([key, value]) =>
    value === undefined ? key : `${key}=${value}`,
  );
  return `[${name}]\n${lines.join('\n')}\n`;
}
