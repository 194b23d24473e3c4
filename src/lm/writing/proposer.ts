/**
 * Writing with the denoising model of a checkpoint: asks its network for a token at each of some rows, in batches of bounded
 * size. The answer to a request never depends on its batch (`forward/forward.ts`), nor on what of it was kept (`asking/kept-rows.ts`).
 *
 * The most likely tokens and their log-probabilities are found on the engine. Drawn tokens need `[R, V]` log-probabilities in
 * JavaScript: drawing on the engine would take cumulative sums over V in float32, which lose the rare tokens, or V random
 * numbers a row. So only rows that need a token are fetched, and each batch is drawn from and dropped before the next.
 */

import type { Architecture } from '../../architectures/architecture.ts';
import { kindOf, ownDiffusion } from '../../architectures/index.ts';
import type { Checkpoint } from '../../checkpoints/checkpoint.ts';
import { getOrInsert } from '../../core/collect.ts';
import { HarnessError } from '../../core/errors.ts';
import type { Tokens } from '../../core/units.ts';
import type { Engine } from '../../engines/engine.ts';
import { amongKept, layersSeeAlike } from '../../programs/among-kept.ts';
import {
  distributionProgram,
  type ProposalProgram,
  proposalsProgram,
  scoreDistributionProgram,
  sureProposalsProgram,
} from '../../programs/proposals.ts';
import { atOnce } from '../forward/at-once.ts';
import { cacheSizedLimits, type ForwardOptions, paced } from '../forward/batches.ts';
import { compileNet } from '../forward/compile-net.ts';
import { packSequences, refuseNaN } from '../forward/forward.ts';
import type { KeptShape } from '../forward/kept-tokens.ts';
import { packWindows } from '../forward/pack-windows.ts';
import { inGroups } from '../in-groups.ts';
import type { Denoiser } from '../likelihood/noised-input.ts';
import { isKept, type KeptRows, keptRows, rowsAtOnce, rowsToKeep } from './asking/kept-rows.ts';
import { asSequence, type Lane, type LaneLimits, settingsOf, wholeRows } from './asking/lane.ts';
import { type ProposalOutput, readProposals } from './asking/read-proposals.ts';
import { type Infilled, type Infiller, infillerWith } from './infill.ts';
import type { ProposalRequest, Proposals, ProposalWay, Proposer } from './proposal.ts';
import type { Canvas, SamplerOptions } from './sampler.ts';

export interface ProposerOptions extends ForwardOptions {
  /**
   * Whether keys and values of finished blocks are kept, where blocks see no later ones. Never changes a result. Default: true.
   */
  readonly keepsFinished?: boolean;
}

/** Weights are loaded with the first request. */
export function openInfiller(checkpoint: Checkpoint, engine: Engine, options: ProposerOptions = {}): Infiller {
  return infillerWith(proposerOf(checkpoint, engine, options), checkpoint.architecture.contextLength);
}

/** Canvases under one sampler, with an engine opened for them alone. */
export async function denoiseCanvases(
  canvases: readonly Canvas[],
  sampler: SamplerOptions,
  denoiser: Denoiser,
  parts: ProposerOptions & { readonly checkpoint: Checkpoint; readonly engine: Engine; readonly trace?: boolean },
): Promise<readonly Infilled[]> {
  const infiller = openInfiller(parts.checkpoint, parts.engine, parts);
  const trace = parts.trace ?? false;
  try {
    const jobs = canvases.map((canvas) => ({ canvas, sampler, trace }));
    return await infiller.infill(jobs, denoiser);
  } finally {
    await infiller.dispose();
  }
}

/** Weights are loaded with the first request, once for each way of choosing tokens that is asked for. */
export function proposerOf(checkpoint: Checkpoint, engine: Engine, options: ProposerOptions = {}): Proposer {
  const { architecture: net } = checkpoint;
  const { signal, pace, keepsFinished = true } = options;
  const parts = {
    checkpoint,
    engine,
    net,
    limits: { ...cacheSizedLimits(net, kindOf(net).heads(net).heads), ...options.limits },
    pace,
    signal,
  };
  const keeps = keepsFinished && checkpoint.options.blockLength !== undefined && canKeep(net, engine);
  const rows = rowsToKeep(keptShape(net));
  const lanes = new Map<string, Promise<Lane>>();
  const laneOf = (way: ProposalWay, isAmong: boolean): Promise<Lane> => {
    const open = () => (isAmong ? keptLane(way, rows, parts) : wholeLane(way, parts));
    return getOrInsert(lanes, `${way}, ${isAmong}`, open);
  };

  const inBatches = async (requests: readonly ProposalRequest[]): Promise<readonly Proposals[]> => {
    const [first] = requests as [ProposalRequest];
    const lane = await laneOf(wayOf(first), keeps && isKept(first));
    const answers = new Array<Proposals>(requests.length);
    await atOnce(lane.cut(requests), lane.atOnce, async (batch) => {
      if (signal?.aborted) throw new HarnessError('interrupted', 'stopped between two batches');
      const chosen = batch.map((i) => requests[i] as ProposalRequest);
      const passed = lane.passed(chosen);
      const tokens = passed.reduce((sum, each) => sum + each, 0);
      const found = await paced(pace, tokens, async () => readProposals(await lane.fetch(chosen), chosen));
      batch.forEach((i, at) => {
        const proposals = { ...(found[at] as Proposals), passed: passed[at] as Tokens };
        refuseNaN(proposals.confidences);
        answers[i] = proposals;
      });
    });
    return answers;
  };
  const groupOf = (request: ProposalRequest): string =>
    [wayOf(request), request.sureness, request.excluded, isKept(request)].join();
  return {
    propose: (requests) => inGroups(requests, groupOf, inBatches),
    load: async (way) => {
      await laneOf(way, keeps);
    },
    ...(keeps ? { rowsAtOnce: (tokens) => rowsAtOnce(keptShape(net), tokens) } : {}),
    dispose: async () => {
      for (const lane of lanes.values()) await (await lane).dispose();
    },
  };
}

interface LaneParts extends LaneLimits {
  readonly checkpoint: Checkpoint;
  readonly engine: Engine;
  readonly signal: AbortSignal | undefined;
}

async function wholeLane(way: ProposalWay, { checkpoint, engine, signal, ...limits }: LaneParts): Promise<Lane> {
  const { architecture: net } = checkpoint;
  const executable = await compileNet(checkpoint, engine, programOf(way, net)(net), { beside: true, signal });
  return {
    ...wholeRows(limits, executable.atOnce ?? 1),
    fetch: (batch) => {
      const packed = packSequences(net, batch.map(asSequence));
      return executable.run({ ...packed, ...settingsOf(batch, packed.rows, net.vocabularyRows) });
    },
    dispose: () => executable.dispose(),
  };
}

/** Of requests that are kept. It computes in this thread, which need not copy the keys and values that it feeds. */
async function keptLane(
  way: ProposalWay,
  rows: KeptRows,
  { checkpoint, engine, signal, ...limits }: LaneParts,
): Promise<Lane> {
  const { architecture: net } = checkpoint;
  const program = programOf(way, net);
  const outputs = Object.keys(program(net).outputs) as ProposalOutput[];
  const keys = Array.from({ length: net.layers }, (_, i) => [`keys.${i}`, `values.${i}`] as const).flat();
  const executable = await compileNet(checkpoint, engine, amongKept(net, program), { signal });
  return {
    atOnce: executable.atOnce ?? 1,
    ...keptRows(rows, limits, (batch, windows, tables, withKeys) => {
      const packed = packWindows(net, windows, tables);
      const feeds = { ...packed, ...settingsOf(batch, packed.rows, net.vocabularyRows) };
      return executable.run(feeds, withKeys ? [...outputs, ...keys] : outputs);
    }),
    dispose: () => executable.dispose(),
  };
}

function programOf(way: ProposalWay, net: Architecture): ProposalProgram<ProposalOutput> {
  const isScore = (ownDiffusion(net)?.logScoreOffset ?? null) !== null;
  const drawn = isScore ? scoreDistributionProgram : distributionProgram;
  // Each puts out some of the outputs.
  return { argmax: proposalsProgram, sure: sureProposalsProgram, drawn }[way] as ProposalProgram<ProposalOutput>;
}

/** Whether a network can be asked for tokens among kept ones: devices promise no equal bits. */
const canKeep = (net: Architecture, engine: Engine): boolean => engine.device === undefined && layersSeeAlike(net);

function keptShape(net: Architecture): KeptShape {
  const { keyValueHeads, headWidth } = kindOf(net).heads(net);
  return { layers: net.layers, width: keyValueHeads * headWidth };
}

function wayOf({ drawn, sureness }: ProposalRequest): ProposalWay {
  if (drawn !== null) return 'drawn';
  return sureness === undefined ? 'argmax' : 'sure';
}
