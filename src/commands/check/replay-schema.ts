/** The border of `replay`: flags to options. */
import { z } from 'zod';
import type { ReplayOptions } from '../../evaluate/options.ts';
import { name, optional, parse, type RawOptions, sharedFields, switched, whole } from '../run/run-schema.ts';

const REPLAY_SCHEMA = z.strictObject({
  sample: optional('a whole number of at least 1', whole(1)),
  model: optional('a model name or folder', name),
  tokenizer: optional('a folder', name),
  'data-dir': optional('a folder', name),
  'unsafe-no-sandbox': switched,
  anyway: switched,
  seed: sharedFields.seed,
  threads: sharedFields.threads,
  json: switched,
});

/** Options of `bench replay` from its positional argument and flags. */
export function resolveReplayOptions(path: string, flags: RawOptions): ReplayOptions {
  const given = parse(REPLAY_SCHEMA, flags, (key) => `--${key}`);
  return {
    path,
    model: given.model ?? null,
    tokenizer: given.tokenizer ?? null,
    dataDir: given['data-dir'] ?? null,
    sample: given.sample ?? null,
    seed: given.seed ?? 0,
    threads: given.threads ?? null,
    unsafeNoSandbox: given['unsafe-no-sandbox'] ?? false,
    anyway: given.anyway ?? false,
    json: given.json ?? false,
  };
}
