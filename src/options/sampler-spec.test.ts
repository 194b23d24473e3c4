import { describe, expect, it } from 'vitest';
import { HarnessError } from '../core/errors.ts';
import { samplerText } from '../core/samplers/choice.ts';
import { samplerList, samplerSpec } from './sampler-spec.ts';

function refusalOf(typed: string): HarnessError {
  try {
    samplerSpec(typed);
  } catch (error) {
    if (error instanceof HarnessError) return error;
  }
  return expect.fail(`expected a refusal of ${typed}`);
}

describe('a sampler as typed', () => {
  it('has a name and settings, in any order, and is spelt in one', () => {
    expect(samplerSpec('threshold:threshold=0.7:block=32')).toEqual({ order: 'threshold', threshold: 0.7, block: 32 });
    expect(samplerText(samplerSpec('threshold:threshold=0.7:block=32'))).toBe('threshold:block=32:threshold=0.7');
    expect(samplerSpec('maskgit_plus:form=paper')).toEqual({ order: 'maskgit-plus', form: 'paper' });
    expect(samplerText(samplerSpec('entropy:top-k=20:top-p=.9:temperature=0.8'))).toBe(
      'entropy:temperature=0.8:top-p=0.9:top-k=20',
    );
  });

  it('brings the published threshold where it goes by one', () => {
    expect(samplerSpec('threshold')).toEqual({ order: 'threshold', threshold: 0.9 });
    expect(samplerSpec('dynamic')).toEqual({ order: 'dynamic', threshold: 0.85 });
  });

  it.each([
    ['entopy', 'unknown sampler "entopy"', 'did you mean entropy?'],
    ['block', 'expected the tokens of a block, block:block=32', undefined],
    ['entropy:blok=3', '--sampler: blok of entropy: unknown key', 'did you mean "block"?'],
    ['entropy:block', 'expected NAME:KEY=VALUE', undefined],
    ['entropy:block=0', 'block of entropy: expected a whole number of at least 1, found "0"', undefined],
    ['threshold:threshold=1.5', 'expected a number between 0 and 1, found "1.5"', undefined],
    ['entropy:threshold=0.5', 'expected no threshold', 'such as threshold:threshold=0.5 or dynamic:threshold=0.5'],
    ['ddpm:block=4', "expected no block and no form of ddpm, which is a network's own", undefined],
    ['entropy:temperature=0:top-p=0.9', 'expected a temperature above 0 beside top-p', undefined],
    ['entropy:block=1:block=2', 'expected each setting once', undefined],
    ['entropy:form=papre', 'expected canonical or paper, found "papre"', 'did you mean paper?'],
  ])('%s is refused', (typed, message, hint) => {
    const refused = refusalOf(typed);
    expect(refused.message).toContain(message);
    if (hint !== undefined) expect(refused.hint).toContain(hint);
  });

  it('several are separated by commas, each once', () => {
    expect(samplerList.parse('entropy, margin,entropy')).toEqual(['entropy', 'margin']);
  });
});
