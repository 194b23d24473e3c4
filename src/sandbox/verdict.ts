import { z } from 'zod';
import { VERDICTS } from '../core/program.ts';

/** What the judge process says at last. */
export const verdictLine = z.strictObject({ verdict: z.enum(VERDICTS), reason: z.string() });
