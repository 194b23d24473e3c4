/** What programs that end in proposals read, and how their tokens may attend. */
import type { Architecture, Attend, NetInput } from '../architectures/architecture.ts';
import type { Ops, Program } from '../tensor/ops.ts';

export type ProposalInput = NetInput | 'temperature' | 'logitBias';

/** How the tokens of a program attend; absent: among themselves. */
export type AttendBy = <T>(ops: Ops<T>) => Attend<T>;

/** A program that ends in proposals, under a way of attending. */
export type ProposalProgram<Out extends string> = (
  net: Architecture,
  attendBy?: AttendBy,
) => Program<ProposalInput, Out>;
