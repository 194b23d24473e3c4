import type { z } from 'zod';

/** The first thing that a schema found wrong, as `where: what`. */
export function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? 'unexpected content' : `${issue.path.join('.') || 'value'}: ${issue.message}`;
}
