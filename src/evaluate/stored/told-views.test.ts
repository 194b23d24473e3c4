import { expect, it } from 'vitest';
import type { RunManifest } from '../../core/manifest.ts';
import { toldViews } from './told-views.ts';

const told = (task: string, family: 'autoregressive' | 'diffusion', protocol: 'canonical' | 'paper' = 'canonical') =>
  toldViews({ task: { name: task }, model: { family }, settings: { protocol } } as RunManifest);

it('says of each view of a written question what it tells of length and surroundings', async () => {
  const all = (await told('rocstories', 'autoregressive')).map(({ view, length, sees }) => [view, length, sees]);
  expect(all).toEqual([
    ['default', 'all of it (oracle)', 'what stands before'],
    ['oracle-10', 'it and 10 tokens more (oracle), cut at EOS or the end of the line', 'what stands before'],
    ['canvas-32', 'nothing, 32 tokens at most, cut at EOS or the end of the line', 'what stands before'],
    ['instruction', 'all of it (oracle)', 'both sides, quoted in an instruction'],
    ['fim-psm', 'all of it (oracle)', 'both sides, prefix-suffix-middle tokens'],
    ['fim-spm', 'all of it (oracle)', 'both sides, suffix-prefix-middle tokens'],
  ]);
  const [canvas] = await told('sat-math', 'diffusion');
  expect(canvas?.length).toBe('nothing, a canvas of 8, cut at EOS or the end of the line');
  const [published] = await told('humaneval-infill', 'autoregressive', 'paper');
  expect(published?.length).toBe('as many tokens as it has characters at most (oracle), cut at EOS');
  expect(published?.sees).toBe('both sides, quoted in an instruction');
  expect((await told('rocstories', 'diffusion')).map(({ sees }) => sees)).toEqual(Array(3).fill('both sides'));
});

it('says nothing of answers that are ranked, and of tasks that nobody knows', async () => {
  expect([await told('piqa', 'diffusion'), await told('nobody', 'diffusion')]).toEqual([[], []]);
});
