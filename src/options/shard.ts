/** `--shard 3/16` */
import { z } from 'zod';
import { parseShare, type Share } from '../core/share.ts';
import { text } from './fields.ts';
import { option } from './option.ts';

const EXPECTED = 'a share such as 3/16, the third of sixteen';
const typed = text(EXPECTED).transform((given, context): Share => {
  const share = parseShare(given);
  if (share !== null) return share;
  context.addIssue({ code: 'custom' });
  return z.NEVER;
});
/** As code passes it. */
const passed = z.strictObject({ number: z.int().positive(), of: z.int().positive() });

export const shard = option(
  z.union([passed, typed]).describe(EXPECTED),
  'compute this share only, into a folder of its own below --out; bench merge joins the shares',
  null,
  'everything',
);
