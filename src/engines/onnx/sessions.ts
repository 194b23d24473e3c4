/** Sessions of onnxruntime, as the engine uses them: in this thread, or in threads of their own (`beside/`). */
import type * as Ort from 'onnxruntime-node';

export type SessionOptions = Ort.InferenceSession.SessionOptions;

/** A tensor as plain data, which can be sent to another thread. */
export interface PlainTensor {
  readonly type: 'float32' | 'int32' | 'int64' | 'uint8';
  readonly dims: readonly number[];
  readonly data: Float32Array | Int32Array | BigInt64Array | Uint8Array;
}

export type PlainTensors = Readonly<Record<string, PlainTensor>>;

export interface Session {
  /** Runs that are worth having under way at once: with fewer, a thread would wait for the next. */
  readonly atOnce: number;
  /** @param fetches outputs by name, with the memory that takes their values; null: new memory */
  run(feeds: PlainTensors, fetches: Readonly<Record<string, PlainTensor | null>>): Promise<PlainTensors>;
  release(): Promise<void>;
}

export interface Sessions {
  /** @param graph bytes of a model file */
  open(graph: Uint8Array, options: SessionOptions): Promise<Session>;
}

/** In this thread, which stands still while they compute. */
export function sessionsHere(ort: typeof Ort): Sessions {
  const native = ({ type, data, dims }: PlainTensor): Ort.Tensor => new ort.Tensor(type, data as Float32Array, dims);
  return {
    open: async (graph, options) => {
      const session = await ort.InferenceSession.create(graph, options);
      return {
        atOnce: 1,
        run: async (feeds, fetches) => {
          const given = Object.entries(feeds).map(([name, tensor]) => [name, native(tensor)] as const);
          const places = Object.entries(fetches).map(([name, at]) => [name, at === null ? null : native(at)] as const);
          const fetched = await session.run(Object.fromEntries(given), Object.fromEntries(places));
          return fetched as unknown as PlainTensors;
        },
        release: () => session.release(),
      };
    },
  };
}
