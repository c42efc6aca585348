import { z } from 'zod';

/** Guest creation needs no options: what is created stands in the levels. */
export const creationOptions = z.strictObject({}).describe('Guest creation, phase by phase.');
