/** What the threads that own sessions are told, and what they answer. */
import type { ErrorCode } from '../../../core/errors.ts';
import type { PlainTensors, SessionOptions } from '../sessions.ts';

export type Order =
  /** Answered with onnxruntime's version. */
  | { readonly kind: 'load' }
  /** Answered with nothing. @param session a number that no session has */
  | { readonly kind: 'open'; readonly session: number; readonly graph: Uint8Array; readonly options: SessionOptions }
  /** Answered with what was fetched. @param feeds views of the carrier, which is handed over and comes back */
  | {
      readonly kind: 'run';
      readonly session: number;
      readonly feeds: PlainTensors;
      readonly carrier: ArrayBuffer;
      readonly fetches: readonly string[];
    }
  /** Answered with nothing. */
  | { readonly kind: 'close'; readonly session: number };

/** What each kind of order is answered with. */
export interface Answers {
  readonly load: string;
  readonly open: null;
  readonly run: { readonly fetched: PlainTensors; readonly carrier: ArrayBuffer };
  readonly close: null;
}

export interface Failure {
  readonly message: string;
  /** null for an error that is none of ours. */
  readonly code: ErrorCode | null;
  readonly hint: string | undefined;
}

export type NumberedOrder = Order & { readonly number: number };
export type Reply = { readonly number: number } & (
  | { readonly answer: Answers[keyof Answers] }
  | { readonly failure: Failure }
);
