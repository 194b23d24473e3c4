/** Networks written as functions for the samplers: what is proposed at each row of a canvas. */
import { drawToken } from '../../src/lm/writing/draw-token.ts';
import type { ProposalRequest, Propose } from '../../src/lm/writing/proposal.ts';

export interface Proposed {
  readonly token: number;
  readonly confidence: number;
}

/** Proposes what the function says, whatever the sampler asks for. */
export function scriptedProposals(propose: (request: ProposalRequest, row: number) => Proposed): Propose {
  return async (requests) =>
    requests.map((request) => {
      const proposals = request.rows.map((row) => propose(request, row));
      return {
        tokens: Int32Array.from(proposals, ({ token }) => token),
        confidences: Float32Array.from(proposals, ({ confidence }) => confidence),
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
    const { token, logprob } = drawToken(logprobs, request.drawn?.topP ?? 1, request.drawn?.uniform(row) ?? 0);
    return { token, confidence: logprob };
  });
}
