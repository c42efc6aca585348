import { UserError } from '../../base/errors.ts';
import { labExists, labInventory, labNames } from './lab-record.ts';

/**
 * What `--hosts` names: `lab` (the only lab, or the one called so), `lab:NAME`, or the path of an
 * inventory.
 * @throws UserError if there is no such lab
 */
export function inventoryPath(text: string, stateDirectory: string): string {
  const match = /^lab(?::(.*))?$/.exec(text);
  if (!match) return text;
  const names = labNames(stateDirectory);
  const [only] = names;
  const name = match[1] ?? (names.length === 1 && only !== undefined ? only : 'lab');
  if (labExists(stateDirectory, name)) return labInventory(stateDirectory, name);
  const there = names.length === 0 ? 'there is none' : `there are ${names.join(', ')}`;
  throw new UserError({
    where: `hosts: ${text}`,
    message: `expected a lab called ${name}; ${there}`,
    remedy:
      names.length === 0
        ? 'Make one, as root: virtgauge lab up --namespaces 3'
        : `Name one, such as lab:${only ?? ''}, or the file of an inventory.`,
  });
}
