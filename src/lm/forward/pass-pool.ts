/** The forward passes of one question, each distinct input once. Exact: equal inputs give equal outputs. */
import type { DuelMeasure } from '../../core/duel-rule.ts';
import type { Forward, Read, ReadAnswers, Sequence } from './sequence.ts';

/** A claim on some reads of a pass. */
export interface Ticket {
  readonly pass: number;
  readonly reads: readonly number[];
}

/** How sure the net is at a row: its largest log-probability, its entropy in nats, and its two largest probabilities' difference. */
export type Certainty = Readonly<Partial<Record<DuelMeasure, number>>>;

/** What one read gave: nats, and whether the target is the most likely token there. */
export interface ReadAnswer {
  readonly logprob: number;
  readonly isBest: boolean;
  readonly bestLogprob: number;
  /** Of nets whose outputs are scores. */
  readonly logTotal?: number;
  /** Of nets that were opened for it. */
  readonly certainty?: Certainty;
}

interface Pass {
  readonly sequence: Omit<Sequence, 'reads'>;
  readonly reads: Read[];
  readings: ReadAnswers | null;
}

const certaintyOf = (
  { confidences, entropies, margins }: NonNullable<ReadAnswers['certainties']>,
  read: number,
): Certainty => ({
  ...(confidences === undefined ? {} : { confidence: confidences[read] as number }),
  ...(entropies === undefined ? {} : { entropy: entropies[read] as number }),
  ...(margins === undefined ? {} : { margin: margins[read] as number }),
});

export class PassPool {
  readonly #passes: Pass[] = [];
  readonly #byInput = new Map<string, number>();

  /** Distinct passes asked for so far. */
  get size(): number {
    return this.#passes.length;
  }

  /**
   * Asks for a pass. An input already in the pool is shared; reads that it lacks are added while it has not run.
   *
   * @param attentionKey equal for equal attention patterns of one length
   */
  request(sequence: Sequence, attentionKey: string): Ticket {
    const key = `${attentionKey}|${sequence.sigma ?? ''}|${sequence.ids.join(',')}`;
    const known = this.#byInput.get(key);
    if (known !== undefined) {
      const ticket = this.#claim(known, sequence.reads);
      if (ticket !== null) return ticket;
    }
    const { reads: _, ...input } = sequence;
    this.#passes.push({ sequence: input, reads: [], readings: null });
    this.#byInput.set(key, this.#passes.length - 1);
    return this.#claim(this.#passes.length - 1, sequence.reads) as Ticket;
  }

  /** Null when the pass has run without one of the reads. */
  #claim(pass: number, wanted: readonly Read[]): Ticket | null {
    const { reads, readings } = this.#passes[pass] as Pass;
    const claimed: number[] = [];
    for (const read of wanted) {
      const found = reads.findIndex((known) => known.row === read.row && known.target === read.target);
      if (found < 0 && readings !== null) return null;
      claimed.push(found < 0 ? reads.push(read) - 1 : found);
    }
    return { pass, reads: claimed };
  }

  /** The readings of a ticket whose pass has run, in the order in which its reads were asked for. */
  readings({ pass, reads }: Ticket): readonly ReadAnswer[] {
    const { reads: asked, readings } = this.#passes[pass] as Pass;
    if (readings === null) throw new TypeError('the pass has not run');
    return reads.map((r) => ({
      logprob: readings.logprobs[r] as number,
      isBest: readings.best[r] === asked[r]?.target,
      bestLogprob: readings.bestLogprobs[r] as number,
      ...(readings.logTotals === undefined ? {} : { logTotal: readings.logTotals[r] as number }),
      ...(readings.certainties === undefined ? {} : { certainty: certaintyOf(readings.certainties, r) }),
    }));
  }

  /** All readings of a pass of a single claim, as the network gave them. */
  raw({ pass }: Ticket): ReadAnswers {
    const { readings } = this.#passes[pass] as Pass;
    if (readings === null) throw new TypeError('the pass has not run');
    return readings;
  }

  /** Runs the waiting passes of several pools together, so that their sequences share batches. */
  static async run(pools: readonly PassPool[], forward: Forward): Promise<void> {
    const waiting = pools.flatMap((pool) => pool.#passes.filter((pass) => pass.readings === null));
    const results = await forward(waiting.map((pass) => ({ ...pass.sequence, reads: pass.reads })));
    waiting.forEach((pass, i) => {
      pass.readings = results[i] as ReadAnswers;
    });
  }
}
