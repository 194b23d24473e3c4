import { z } from 'zod';
import { VERDICTS } from '../core/program.ts';

/** What the judge process says before the program starts. */
export const startLine = z.strictObject({ started: z.literal(true) });

/** What it says at last. */
export const verdictLine = z.strictObject({ verdict: z.enum(VERDICTS), reason: z.string() });
