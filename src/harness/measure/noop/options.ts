import { z } from 'zod';

export const noopOptions = z
  .strictObject({})
  .describe("The harness's own cost: a trial that does nothing.");
