/** A real trained model (LLaMA architecture, grouped heads, tied output): its published greedy text is greedy to us too. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openCheckpoint } from '../../src/checkpoints/open.ts';
import { scored } from '../../src/core/question.ts';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { tfjsEngine } from '../../src/engines/tfjs/engine.ts';
import { openNet } from '../../src/lm/forward/forward.ts';
import { lowerView } from '../../src/lm/lowering/lower.ts';
import type { Lowered } from '../../src/lm/lowering/lowered.ts';
import { answerDirectly, type DirectAnswer } from '../../src/lm/requests/direct-requests.ts';
import { loadTokenizer } from '../../src/tokenizers/load.ts';
import type { Tokenizer } from '../../src/tokenizers/tokenizer.ts';

const FOLDER = fileURLToPath(new URL('../../../shared/models/stories260K-hf', import.meta.url));
const isPresent = existsSync(FOLDER);

const ENGINES = [
  { engine: 'onnx', make: () => onnxEngine() },
  { engine: 'tfjs', make: () => tfjsEngine() },
];

it.skipIf(!isPresent).each(ENGINES)(
  `finds all 200 expected tokens of stories260K greedy on $engine, from ids and from text${isPresent ? '' : ' (skipped: no ../shared/models)'}`,
  async ({ make }) => {
    const expected = JSON.parse(readFileSync(`${FOLDER}/expected_greedy.json`, 'utf8'));
    const tokenizer = (await loadTokenizer(FOLDER)) as Tokenizer;
    const checkpoint = await openCheckpoint(FOLDER);
    const net = await openNet(checkpoint, await make());
    const fromIds: Lowered = {
      ids: Int32Array.of(...expected.prompt_ids, ...expected.greedy_ids),
      scored: expected.greedy_ids.map((_: number, i: number) => expected.prompt_ids.length + i),
      crossing: false,
    };
    const view = {
      name: 'default',
      tokenization: 'joint',
      bos: 'once',
      alternatives: [[scored(expected.text)]],
    } as const;
    const [fromText] = lowerView(view, tokenizer, checkpoint.architecture.contextLength);
    expect(fromText).toEqual(fromIds);
    const model = { forward: net.forward, denoiser: null, passes: 3, seed: 0 };
    const [answer] = await answerDirectly([{ kind: 'loglikelihood', lowered: fromIds }], model);
    const { tokens, greedy } = answer as Extract<DirectAnswer, { greedy: boolean }>;
    expect(tokens).toHaveLength(200);
    expect(greedy).toBe(true);
  },
);
