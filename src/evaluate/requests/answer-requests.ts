/** Answers other programs' requests, in order; one that cannot be answered is refused and the rest go on. */
import { ownDiffusion } from '../../architectures/index.ts';
import { openModel } from '../../checkpoints/open.ts';
import { DUEL_MEASURES, type DuelMeasure } from '../../core/duel-rule.ts';
import { HarnessError } from '../../core/errors.ts';
import { netsOf } from '../../lm/forward/forward.ts';
import type { Forward } from '../../lm/forward/sequence.ts';
import { inGroups } from '../../lm/in-groups.ts';
import { denoiserOf } from '../../lm/likelihood/checkpoint-denoiser.ts';
import {
  answerDirectly,
  type DirectAnswer,
  type DirectModel,
  type DirectRequest,
} from '../../lm/requests/direct-requests.ts';
import { type DirectWriter, directWriterOf, type WriteAnswer } from '../../lm/requests/direct-writing.ts';
import { answerDuels, type DuelAnswer, type DuelModel, type DuelRequest } from '../../lm/requests/duel-requests.ts';
import type { WriteRequest } from '../../lm/requests/write-request.ts';
import type { OptionsOf } from '../../options/option.ts';
import type { Observer } from '../observer.ts';
import { openEngine } from '../open-engine.ts';
import { modelTokenizer, requireShifted } from '../open-parts.ts';
import type { SCORE_OPTIONS } from '../options.ts';
import { unusedRequestOptions } from '../unused-options.ts';
import type { RequestContext } from './request-checks.ts';
import { idOf, parseLine } from './request-line.ts';
import { WritingStreams } from './request-streams.ts';
import { toDirectRequest } from './score-requests.ts';

/** Why a request is not answered. */
export interface Refusal {
  /** null where it cannot be read. */
  readonly id: string | number | null;
  readonly error: string;
  /** What to do about it, where that can be said. */
  readonly hint?: string;
}

export type ScoreAnswer = Refusal | ({ readonly id: string | number } & (DirectAnswer | DuelAnswer | WriteAnswer));

/** Requests answered together; their sequences share batches. */
export const AT_ONCE = 64;

export interface Answerer {
  /** @param lines a request in JSON each. @returns one answer or refusal a line, in order */
  answer(lines: readonly string[]): Promise<readonly ScoreAnswer[]>;
  dispose(): Promise<void>;
}

/** Weights are loaded once for each way of answering that is asked for: with the first such request. */
interface Ways {
  readonly scorer: DirectModel;
  /** null for autoregressive models. */
  readonly dueller: DuelModel | null;
  readonly writer: DirectWriter;
}

/** @throws HarnessError 'unknown-name', 'missing-checkpoint', 'bad-checkpoint' */
export async function openAnswerer(
  options: OptionsOf<typeof SCORE_OPTIONS>,
  { signal, noted }: Pick<Observer, 'signal' | 'noted'>,
): Promise<Answerer> {
  const checkpoint = await openModel(options.model, options);
  requireShifted({ checkpoint }, options);
  for (const note of [...checkpoint.notes, ...unusedRequestOptions(checkpoint, options)]) noted(note);
  const { vocabularyRows, contextLength } = checkpoint.architecture;
  const tokenizer = await modelTokenizer(checkpoint, options.tokenizer);
  const endIds = [...new Set([tokenizer?.eosId ?? null, ...checkpoint.endIds].filter((id) => id !== null))];
  const { steps, seed, passes, trace } = options;
  const context = {
    ...checkpoint.options,
    own: ownDiffusion(checkpoint.architecture),
    vocabularyRows,
    contextLength,
    tokenizer,
    steps,
    seed,
    endIds,
    streams: new WritingStreams(),
  };
  const { own } = context;
  const engine = await openEngine(options, { noted });
  const { family, maskId, shift } = checkpoint.options;
  const isMasked = family === 'diffusion' && maskId !== null;
  const denoiser = isMasked ? denoiserOf(checkpoint, { shift, openFraction: 1 }, 'denoising') : null;
  const nets = netsOf({ checkpoint, engine, signal });
  const asked =
    (measures?: readonly DuelMeasure[]): Forward =>
    async (sequences) =>
      (await nets.opened(measures)).forward(sequences);
  const writer = directWriterOf({ checkpoint, tokenizer, engine, denoiser, trace, signal });
  const dueller = denoiser === null ? null : { forward: asked(DUEL_MEASURES), denoiser };
  const ways = {
    dueller,
    scorer: { forward: asked(), denoiser, passes, seed, ...(own === null ? {} : { own }) },
    writer,
  };
  return {
    async answer(lines) {
      const answers: ScoreAnswer[] = [];
      for (let i = 0; i < lines.length; i += AT_ONCE) {
        answers.push(...(await answerTogether(lines.slice(i, i + AT_ONCE), context, ways)));
      }
      return answers;
    },
    async dispose() {
      await Promise.all([nets, writer].map((each) => each.dispose()));
    },
  };
}

/** Opens a model, answers, and lets it go. @throws HarnessError as `openAnswerer` */
export async function answerAll(
  lines: readonly string[],
  options: OptionsOf<typeof SCORE_OPTIONS>,
  observer: Observer,
): Promise<readonly ScoreAnswer[]> {
  const answerer = await openAnswerer(options, observer);
  try {
    return await answerer.answer(lines);
  } finally {
    await answerer.dispose();
  }
}

interface Asked {
  readonly id: string | number;
  readonly request: DirectRequest | DuelRequest | WriteRequest;
}

const isWriting = (request: Asked['request']): request is WriteRequest =>
  request.kind === 'generate' || request.kind === 'infill';

const wayOf = (item: Asked | Refusal): 'none' | 'writing' | 'duel' | 'scoring' => {
  if ('error' in item) return 'none';
  if (item.request.kind === 'duel') return 'duel';
  return isWriting(item.request) ? 'writing' : 'scoring';
};

function answerTogether(
  lines: readonly string[],
  context: RequestContext,
  ways: Ways,
): Promise<readonly ScoreAnswer[]> {
  const read = lines.map((line) => readRequest(line, context));
  return inGroups(read, wayOf, async (items, way): Promise<readonly ScoreAnswer[]> => {
    if (way === 'none') return items as readonly Refusal[];
    const asked = items as readonly Asked[];
    const requests = asked.map(({ request }) => request);
    const answers = await answersOf(requests, way, ways);
    return asked.map(({ id }, i) => ({ id, ...(answers[i] as (typeof answers)[0]) }));
  });
}

/** @param requests all of one way */
async function answersOf(
  requests: readonly Asked['request'][],
  way: 'writing' | 'duel' | 'scoring',
  { scorer, dueller, writer }: Ways,
): Promise<readonly (DirectAnswer | DuelAnswer | WriteAnswer)[]> {
  if (way === 'writing') return writer.write(requests as readonly WriteRequest[]);
  if (way === 'scoring') return answerDirectly(requests as readonly DirectRequest[], scorer);
  if (dueller === null) throw new TypeError('only a denoising model can be asked for a duel');
  return answerDuels(requests as readonly DuelRequest[], dueller);
}

function readRequest(text: string, context: RequestContext): Asked | Refusal {
  try {
    const line = parseLine(text);
    return { id: line.id, request: toDirectRequest(line, context) };
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return { id: idOf(text), error: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  }
}
