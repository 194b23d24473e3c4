import { describe, expect, it } from 'vitest';
import { rotaryFrequencies } from '../rotary.ts';
import { type Rotary, scaledFrequency } from '../rotary-scaling.ts';
import { readRotary, rotaryJson } from './rotary-config.ts';

const FILE = 'config.json';
const frequencies = (rotary: Rotary, headWidth: number) =>
  rotaryFrequencies(headWidth, rotary.ropeBase, scaledFrequency(rotary));

describe('config.json', () => {
  const llama3 = { low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192, factor: 8 };

  it('says the base in one of two places, of which rope_parameters is the stronger', () => {
    expect(readRotary({}, FILE, 8)).toEqual({ ropeBase: 10_000 });
    expect(readRotary({ rope_theta: 5e5 }, FILE, 8)).toEqual({ ropeBase: 5e5 });
    const newer = { rope_parameters: { rope_type: 'default', rope_theta: 1e6 } };
    expect(readRotary(newer, FILE, 8)).toEqual({ ropeBase: 1e6 });
    expect(readRotary({ ...newer, rope_theta: 5e5 }, FILE, 8)).toEqual({ ropeBase: 1e6 });
    expect(readRotary({ rope_theta: 5e5, rope_parameters: { rope_type: 'default' } }, FILE, 8)).toEqual({
      ropeBase: 5e5,
    });
  });

  it('names the rule of scaling by rope_type, in older files by type', () => {
    const linear = { ropeBase: 10_000, ropeScaling: { kind: 'linear', factor: 4 } };
    expect(readRotary({ rope_scaling: { type: 'linear', factor: 4 } }, FILE, 8)).toEqual(linear);
    expect(readRotary({ rope_scaling: { rope_type: 'linear', factor: 4 } }, FILE, 8)).toEqual(linear);
    expect(readRotary({ rope_parameters: { rope_type: 'linear', factor: 4 } }, FILE, 8)).toEqual(linear);
    expect(readRotary({ rope_scaling: { rope_type: 'default' } }, FILE, 8)).toEqual({ ropeBase: 10_000 });
  });

  it.each([
    [{ rope_type: 'linear', factor: 4 }],
    [{ rope_type: 'llama3', ...llama3 }],
    [{ rope_type: 'longrope', factor: 1, attention_factor: 1, short_factor: [1, 2, 3, 4], long_factor: [1, 2, 3, 4] }],
  ])('is written as it was read: %j', (rope_scaling) => {
    const read = readRotary({ rope_theta: 5e5, rope_scaling }, FILE, 8);
    expect(rotaryJson(read)).toEqual({ rope_theta: 5e5, rope_scaling });
  });

  it.each([
    [
      { rope_scaling: { type: 'dynamic', factor: 2 } },
      'rope_scaling.rope_type "dynamic"; expected "default", "linear" or',
    ],
    [{ rope_parameters: { rope_type: 'yarn' } }, 'rope_parameters.rope_type "yarn"; expected'],
    [
      { rope_scaling: { rope_type: 'longrope', short_factor: [1, 1, 1, 1], long_factor: [2, 2, 2, 2] } },
      '"longrope" with two tables',
    ],
    [
      { rope_parameters: { full_attention: { rope_type: 'default' }, sliding_attention: { rope_type: 'default' } } },
      'rope_parameters has rules of their own for some layers ("full_attention")',
    ],
    [{ partial_rotary_factor: 0.5 }, 'partial_rotary_factor 0.5; expected 1'],
    [{ rope_parameters: { rope_type: 'default', partial_rotary_factor: 0.25 } }, 'partial_rotary_factor 0.25'],
  ])('is refused by name where it asks for more: %j', (config, message) => {
    expect(() => readRotary(config, FILE, 8)).toThrow(expect.objectContaining({ code: 'not-supported' }));
    expect(() => readRotary(config, FILE, 8)).toThrow(message);
  });

  it.each([
    [{ rope_scaling: { type: 'linear' } }, 'key "rope_scaling.factor": expected a number above 0, found nothing'],
    [{ rope_scaling: { type: 'linear', factor: -1 } }, 'found -1'],
    [
      { rope_parameters: { ...llama3, rope_type: 'llama3', original_max_position_embeddings: null } },
      'key "rope_parameters.original_max_position_embeddings"',
    ],
    [{ rope_parameters: { rope_theta: '1e6' } }, 'key "rope_parameters.rope_theta"'],
    [
      { rope_parameters: { rope_type: 'default' }, rope_scaling: { type: 'linear', factor: 2 } },
      'rope_parameters and rope_scaling name different rope_types',
    ],
  ])('that lacks a number, or says two things, is named: %j', (config, message) => {
    expect(() => readRotary(config, FILE, 8)).toThrow(expect.objectContaining({ code: 'bad-checkpoint' }));
    expect(() => readRotary(config, FILE, 8)).toThrow(message);
  });
});

describe('scaled frequencies', () => {
  it('of "linear" are all divided', () => {
    const plain = frequencies({ ropeBase: 1e4 }, 8);
    const scaled = frequencies({ ropeBase: 1e4, ropeScaling: { kind: 'linear', factor: 4 } }, 8);
    expect([...scaled]).toEqual([...plain.map((each) => each / 4)]);
  });

  it('of "llama3" are left alone where they turn often, divided where they turn seldom', () => {
    const [first, ...rest] = frequencies(
      {
        ropeBase: 5e5,
        ropeScaling: { kind: 'llama3', factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: 256 },
      },
      16,
    );
    const plain = frequencies({ ropeBase: 5e5 }, 16);
    expect(first).toBe(1);
    expect(rest.at(-1)).toBe(Math.fround((plain.at(-1) as number) / 8));
  });

  it('of a table are divided one by one', () => {
    const plain = frequencies({ ropeBase: 1e4 }, 4);
    const scaled = frequencies({ ropeBase: 1e4, ropeScaling: { kind: 'factors', factors: [1, 8] } }, 4);
    expect([...scaled]).toEqual([plain[0], Math.fround((plain[1] as number) / 8)]);
  });
});
