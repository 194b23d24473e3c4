/**
 * Memory that carries feeds to a thread and comes back empty. Feeds that were sent as they are would be copied twice, and each batch would
 * leave memory of its own size behind, which the system's allocator gives back late or never.
 */
import type { Bytes } from '../../../core/units.ts';
import type { PlainTensor, PlainTensors } from '../sessions.ts';

/** Where a tensor may begin: at a line of the cache. */
const ALIGNED: Bytes = 64;

/**
 * Copies feeds into a carrier.
 *
 * @param spare a carrier that came back; one that is too small is dropped
 */
export function load(
  feeds: PlainTensors,
  spare: ArrayBuffer | undefined,
): { readonly feeds: PlainTensors; readonly carrier: ArrayBuffer } {
  let end: Bytes = 0;
  const places = Object.entries(feeds).map(([name, tensor]) => {
    const start = Math.ceil(end / ALIGNED) * ALIGNED;
    end = start + tensor.data.byteLength;
    return { name, tensor, start };
  });
  const carrier =
    spare !== undefined && spare.byteLength >= end ? spare : new ArrayBuffer(2 ** Math.ceil(Math.log2(end)));
  const loaded = places.map(({ name, tensor, start }) => [name, { ...tensor, data: copied(tensor, carrier, start) }]);
  return { feeds: Object.fromEntries(loaded), carrier };
}

function copied({ data }: PlainTensor, carrier: ArrayBuffer, start: Bytes): PlainTensor['data'] {
  const Values = data.constructor as new (memory: ArrayBuffer, start: Bytes, length: number) => Float32Array;
  const place = new Values(carrier, start, data.length);
  place.set(data as Float32Array);
  return place;
}
