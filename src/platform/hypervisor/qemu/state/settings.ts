import type { StateForm } from '../../saved-state.ts';
import type { Qmp } from '../qmp.ts';

/** More than any disk: QEMU's own default is a cap. */
const asFastAsItGoes = 2 ** 40;

/** Sets what the form needs; for saving and for loading alike. */
export async function applyForm(qmp: Qmp, form: StateForm): Promise<void> {
  const wanted = ['events', ...(form === 'mapped' ? ['mapped-ram'] : [])];
  const capabilities = wanted.map((capability) => ({ capability, state: true }));
  await qmp.execute('migrate-set-capabilities', { capabilities });
  await qmp.execute('migrate-set-parameters', { 'max-bandwidth': asFastAsItGoes });
}
