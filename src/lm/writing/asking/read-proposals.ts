/** How proposals are read from what a program puts out for the rows of a batch. */
import type { HostTensor } from '../../../tensor/ops.ts';
import type { ProposalRequest, Proposals } from '../proposal.ts';
import { drawToken, keptLogprobs, surenessOf } from '../tokens/draw-token.ts';

export type ProposalOutput = 'best' | 'bestLogprobs' | 'entropies' | 'margins' | 'logprobs' | 'logTotals';

/** What a program puts out depends on the way of choosing: see `programs/proposals.ts`. */
export type FetchedProposals = Readonly<Partial<Record<ProposalOutput, HostTensor>>>;

/** Proposals of each request of a batch, whose rows lie one behind the other. All choose tokens in one way. */
export function readProposals(fetched: FetchedProposals, requests: readonly ProposalRequest[]): readonly Proposals[] {
  if (requests[0]?.drawn) return drawn(fetched as Distributions, requests);
  const { sureness } = requests[0] ?? {};
  const found = fetched as Readonly<Record<BestOutput, HostTensor>>;
  if (sureness === undefined) return spansOf(requests).map((span) => likeliest(found, span));
  const ranks = surenesses(fetched as Readonly<Record<'entropies' | 'margins', HostTensor>>, sureness);
  return spansOf(requests).map((span) => ({ ...likeliest(found, span), sureness: ranks.slice(...span) }));
}

type BestOutput = 'best' | 'bestLogprobs';

const surenesses = (
  { margins, entropies }: Readonly<Record<'entropies' | 'margins', HostTensor>>,
  kind: 'entropy' | 'margin',
): Float32Array => (kind === 'margin' ? margins.data : entropies.data.map((nats) => -nats)) as Float32Array;

const likeliest = (fetched: Readonly<Record<BestOutput, HostTensor>>, span: readonly [number, number]): Proposals => ({
  tokens: (fetched.best.data as Int32Array).slice(...span),
  confidences: (fetched.bestLogprobs.data as Float32Array).slice(...span),
});

/** The rows of each request in a batch, from and to. */
function spansOf(requests: readonly ProposalRequest[]): (readonly [number, number])[] {
  let from = 0;
  return requests.map(({ rows }) => {
    const span = [from, from + rows.length] as const;
    from += rows.length;
    return span;
  });
}

type Distributions = Readonly<Record<'logprobs', HostTensor> & Partial<Record<'logTotals', HostTensor>>>;

function drawn({ logprobs, logTotals }: Distributions, requests: readonly ProposalRequest[]): readonly Proposals[] {
  const width = logprobs.dims[1] as number; // logprobs [R, V], logTotals [R]
  const rowAt = (row: number) => logprobs.data.subarray(row * width, (row + 1) * width) as Float32Array;
  const spans = spansOf(requests);
  return requests.map((request, i) => {
    const [from, to] = spans[i] as readonly [number, number];
    const chosen = request.rows.map((row, r) => drawFrom(rowAt(from + r), request, row));
    const totals = logTotals?.data.slice(from, to) as Float32Array | undefined;
    return {
      tokens: Int32Array.from(chosen, ({ token }) => token),
      confidences: Float32Array.from(chosen, ({ logprob }) => logprob),
      ...(request.sureness === undefined ? {} : { sureness: Float32Array.from(chosen, ({ sureness }) => sureness) }),
      ...(totals === undefined ? {} : { logTotals: totals }),
    };
  });
}

/** @param logprobs of one row, `[V]` */
function drawFrom(logprobs: Float32Array, { drawn: nucleus, sureness }: ProposalRequest, row: number) {
  const { topP = 1, topK = null, uniform = () => 0 } = nucleus ?? {};
  if (topK === null && sureness === undefined) return { ...drawToken(logprobs, topP, uniform(row)), sureness: 0 };
  const kept = keptLogprobs(logprobs, { topK, topP });
  return { ...drawToken(kept, 1, uniform(row)), sureness: sureness === undefined ? 0 : surenessOf(sureness, kept) };
}
