import { InvalidArgumentError } from 'commander';

/** Reads the text of an option: a whole number from 1 on. */
export const wholeNumber = wholeNumberTo(Infinity);

/** Reads the text of an option: a whole number from 1 to this one. */
export function wholeNumberTo(most: number): (text: string) => number {
  const range = most === Infinity ? '1 on' : `1 to ${most}`;
  return (text) => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= 1 && number <= most) return number;
    throw new InvalidArgumentError(`Expected a whole number from ${range}.`);
  };
}
