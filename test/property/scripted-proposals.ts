/** Networks written as functions for the samplers: what is proposed at each row of a canvas. */

import type { ProposalRequest, Propose } from '../../src/lm/writing/proposal.ts';
import { drawToken, keptLogprobs, surenessOf } from '../../src/lm/writing/tokens/draw-token.ts';

export interface Proposed {
  readonly token: number;
  readonly confidence: number;
  /** Where the sampler goes by another measure. */
  readonly sureness?: number;
}

/** Proposes what the function says, whatever the sampler asks for. */
export function scriptedProposals(propose: (request: ProposalRequest, row: number) => Proposed): Propose {
  return async (requests) =>
    requests.map((request) => {
      const proposals = request.rows.map((row) => propose(request, row));
      return {
        tokens: Int32Array.from(proposals, ({ token }) => token),
        confidences: Float32Array.from(proposals, ({ confidence }) => confidence),
        ...(request.sureness === undefined
          ? {}
          : { sureness: Float32Array.from(proposals, ({ sureness }) => sureness as number) }),
      };
    });
}

/** Draws from the given probabilities of each row, after the temperature, as the real proposer does. */
export function scriptedDistribution(
  probabilities: (request: ProposalRequest, row: number) => readonly number[],
): Propose {
  return scriptedProposals((request, row) => {
    const powers = probabilities(request, row).map((p) => p ** (1 / request.temperature));
    const total = powers.reduce((a, b) => a + b, 0);
    const logprobs = Float32Array.from(powers, (power) => Math.log(power / total));
    const { topP = 1, topK = null, uniform = () => 0 } = request.drawn ?? {};
    const kept = keptLogprobs(logprobs, { topK, topP });
    const { token, logprob } = drawToken(kept, 1, uniform(row));
    const proposed = { token, confidence: logprob };
    return request.sureness === undefined ? proposed : { ...proposed, sureness: surenessOf(request.sureness, kept) };
  });
}
