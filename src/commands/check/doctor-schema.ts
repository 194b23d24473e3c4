/** The border of `doctor MODEL`: flags to options. */
import { z } from 'zod';
import { RUN_DEFAULTS } from '../../evaluate/options.ts';
import {
  name,
  optional,
  overrideFields,
  parse,
  type RawOptions,
  shared,
  sharedFields,
  switched,
} from '../run/run-schema.ts';
import type { ModelDoctorOptions } from './doctor-model.ts';

const MODEL_DOCTOR_SCHEMA = z.strictObject({
  'data-dir': optional('a folder', name),
  ...overrideFields,
  engine: sharedFields.engine,
  threads: sharedFields.threads,
  json: switched,
});

/** Options of `bench doctor MODEL` from its positional argument and flags. */
export function resolveModelDoctorOptions(model: string, flags: RawOptions): ModelDoctorOptions {
  const given = parse(MODEL_DOCTOR_SCHEMA, flags, (key) => `--${key}`);
  const { family, maskId, shift, tokenizer, engine, threads, json } = shared(given, RUN_DEFAULTS);
  return {
    model,
    dataDir: given['data-dir'] ?? null,
    family,
    maskId,
    shift,
    tokenizer,
    engine,
    threads,
    json,
  };
}
