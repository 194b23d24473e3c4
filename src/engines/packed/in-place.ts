import { isDecoded, type WeightSource } from '../../tensor/ops.ts';
import { partsOf } from './forms.ts';
import type { PackedPart, PackedUse } from './packed-use.ts';

/** The parts of a weight that its published file holds in this form already; null where it does not. */
export function publishedParts(
  { form, shape, outputsFirst }: PackedUse,
  source: WeightSource,
): readonly PackedPart[] | null {
  const dtype = form === 'bfloat16' ? 'BF16' : form === 'float16' ? 'F16' : null;
  if (dtype === null || isDecoded(source) || source.dtype !== dtype) return null;
  const { file, offset, byteLength } = source;
  return partsOf({ form, shape, outputsFirst }).map((part) => ({ ...part, file, offset, byteLength }));
}
