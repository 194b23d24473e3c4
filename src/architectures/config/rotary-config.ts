/**
 * What `config.json` says of rotary positions, in any of its spellings.
 *
 * @source huggingface/transformers, modeling_rope_utils.py: `linear`, `llama3`, and of `longrope` the case of one table and no
 *   scaled attention, which is how a file with a factor for each pair is written
 */
import { z } from 'zod';
import { badCheckpoint, type HarnessError, notSupported } from '../../core/errors.ts';
import type { RopeScaling, Rotary } from '../rotary-scaling.ts';

const positive = z.number().positive();

/** Keys of `config.json` that `readRotary` reads. */
export const rotaryShape = {
  rope_theta: positive.nullish(),
  /** Releases before 5; `rope_parameters` since. */
  rope_scaling: z.record(z.string(), z.unknown()).nullish(),
  rope_parameters: z.record(z.string(), z.unknown()).nullish(),
  partial_rotary_factor: z.number().nullish(),
};
const rotarySchema = z.object(rotaryShape);
type RotaryConfig = z.infer<typeof rotarySchema>;
type Dictionary = Readonly<Record<string, unknown>>;

const STANDARD_BASE = 10_000;

/**
 * `rope_parameters` is stronger than `rope_theta` beside it, and may stand where older files have `rope_scaling`.
 *
 * @param headWidth D
 * @throws HarnessError 'not-supported' on a rule that is not implemented, 'bad-checkpoint' where keys are missing or disagree
 */
export function readRotary(config: RotaryConfig, file: string, headWidth: number): Rotary {
  const { name, rules } = rulesOf(config, file);
  const partial = rules.partial_rotary_factor ?? config.partial_rotary_factor ?? 1;
  if (partial !== 1) throw unsupported(file, `partial_rotary_factor ${partial}; expected 1 (all of a head rotates)`);
  const base = positive.nullish().safeParse(rules.rope_theta);
  if (!base.success) throw badCheckpoint(file, `key "${name}.rope_theta": expected a number above 0`);
  const ropeScaling = scalingOf(rules, { name, file, headWidth });
  const ropeBase = base.data ?? config.rope_theta ?? STANDARD_BASE;
  return ropeScaling === null ? { ropeBase } : { ropeBase, ropeScaling };
}

function rulesOf({ rope_parameters, rope_scaling }: RotaryConfig, file: string): { name: string; rules: Dictionary } {
  if (rope_parameters != null && rope_scaling != null && typeOf(rope_parameters) !== typeOf(rope_scaling)) {
    throw badCheckpoint(file, 'rope_parameters and rope_scaling name different rope_types; expected one of the two');
  }
  const name = rope_parameters == null ? 'rope_scaling' : 'rope_parameters';
  const rules = rope_parameters == null ? (rope_scaling ?? {}) : { ...rope_scaling, ...rope_parameters };
  const layered = Object.entries(rules).find(
    ([, value]) => typeof value === 'object' && !Array.isArray(value) && value,
  );
  if (layered === undefined) return { name, rules };
  throw unsupported(
    file,
    `${name} has rules of their own for some layers ("${layered[0]}"); expected one rule for all`,
  );
}

/** `type` is the key of older files. */
const typeOf = ({ rope_type, type }: Dictionary): unknown => rope_type ?? type ?? 'default';

interface Place {
  /** Of the dictionary in the file. */
  readonly name: string;
  readonly file: string;
  readonly headWidth: number;
}

function scalingOf(rules: Dictionary, place: Place): RopeScaling | null {
  const type = typeOf(rules);
  switch (type) {
    case 'default':
      return null;
    case 'linear':
      return { kind: 'linear', factor: numberOf(rules, 'factor', place) };
    case 'llama3':
      return {
        kind: 'llama3',
        factor: numberOf(rules, 'factor', place),
        lowFrequencyFactor: numberOf(rules, 'low_freq_factor', place),
        highFrequencyFactor: numberOf(rules, 'high_freq_factor', place),
        originalContext: numberOf(rules, 'original_max_position_embeddings', place),
      };
    case 'longrope':
      return { kind: 'factors', factors: oneTable(rules, place) };
    default:
      throw unsupported(
        place.file,
        `${place.name}.rope_type ${JSON.stringify(type)}; expected "default", "linear" or "llama3"`,
      );
  }
}

function numberOf(rules: Dictionary, key: string, { name, file }: Place): number {
  const value = positive.safeParse(rules[key]);
  if (value.success) return value.data;
  throw badCheckpoint(
    file,
    `key "${name}.${key}": expected a number above 0, found ${JSON.stringify(rules[key]) ?? 'nothing'}`,
  );
}

/** The table of a "longrope" that does not depend on the length of the text, and leaves attention as it is. */
function oneTable({ short_factor, long_factor, attention_factor }: Dictionary, place: Place): readonly number[] {
  const { file, name, headWidth } = place;
  const table = z
    .array(positive)
    .length(headWidth / 2)
    .safeParse(short_factor);
  if (table.success && attention_factor === 1 && JSON.stringify(short_factor) === JSON.stringify(long_factor)) {
    return table.data;
  }
  throw unsupported(
    file,
    `${name}.rope_type "longrope" with two tables or scaled attention; expected "default", "linear" or "llama3"`,
  );
}

/** What published loaders read back. */
export function rotaryJson({ ropeBase, ropeScaling }: Rotary): Dictionary {
  return { rope_theta: ropeBase, rope_scaling: ropeScaling === undefined ? null : scalingJson(ropeScaling) };
}

function scalingJson(scaling: RopeScaling): Dictionary {
  switch (scaling.kind) {
    case 'linear':
      return { rope_type: 'linear', factor: scaling.factor };
    case 'llama3':
      return {
        rope_type: 'llama3',
        factor: scaling.factor,
        low_freq_factor: scaling.lowFrequencyFactor,
        high_freq_factor: scaling.highFrequencyFactor,
        original_max_position_embeddings: scaling.originalContext,
      };
    case 'factors': {
      const { factors } = scaling;
      return { rope_type: 'longrope', factor: 1, attention_factor: 1, short_factor: factors, long_factor: factors };
    }
    default:
      return scaling satisfies never;
  }
}

const unsupported = (file: string, what: string): HarnessError => notSupported(`${file}: ${what}`);
