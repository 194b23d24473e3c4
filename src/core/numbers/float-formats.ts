/**
 * The three float formats of weights, to and from float32, by bits: NaN payloads, infinities, signed zeros and
 * subnormals survive widening. Little-endian hosts only, as everything Node runs on in practice.
 */
export type FloatFormat = 'F32' | 'F16' | 'BF16';

/** Bytes of one value. */
export const DTYPE_BYTES: Readonly<Record<FloatFormat, number>> = { F32: 4, F16: 2, BF16: 2 };

/**
 * Writes 16-bit floats as float32 bits to `into[start …]`.
 *
 * @param halves values as stored, Uint16Array [n]
 * @param into   bits of float32 values, Uint32Array [≥ start + n]
 */
export function widen(halves: Uint16Array, dtype: Exclude<FloatFormat, 'F32'>, into: Uint32Array, start: number): void {
  if (dtype === 'BF16') for (let i = 0; i < halves.length; i++) into[start + i] = (halves[i] as number) << 16;
  else for (let i = 0; i < halves.length; i++) into[start + i] = widenF16(halves[i] as number);
}

/** What each of the 65,536 patterns of a 16-bit format stands for. */
export function valuesOf(dtype: Exclude<FloatFormat, 'F32'>): Float32Array {
  const patterns = new Uint16Array(1 << 16);
  for (let i = 0; i < patterns.length; i++) patterns[i] = i;
  const bits = new Uint32Array(patterns.length);
  widen(patterns, dtype, bits, 0);
  return new Float32Array(bits.buffer);
}

let halves: Float32Array | null = null;

/** The value of a little-endian 16-bit float at a byte. */
export function half(bytes: DataView, at: number): number {
  halves ??= valuesOf('F16');
  return halves[bytes.getUint16(at, true)] as number;
}

/** The bytes of float32 values in a storage format, rounded to nearest, ties to even. F32 shares memory with `values`. */
export function narrow(values: Float32Array, dtype: FloatFormat): Uint8Array {
  if (dtype === 'F32') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  const round = dtype === 'BF16' ? narrowToBf16 : narrowToF16;
  for (let i = 0; i < bits.length; i++) halves[i] = round(bits[i] as number);
  return new Uint8Array(halves.buffer);
}

function widenF16(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 31;
  const mantissa = half & 0x3ff;
  if (exponent === 31) return sign | 0x7f800000 | (mantissa << 13);
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (mantissa << 13);
  if (mantissa === 0) return sign;
  const leading = Math.clz32(mantissa) - 21; // places to shift until bit 10 is set
  return sign | ((113 - leading) << 23) | (((mantissa << leading) & 0x3ff) << 13);
}

function narrowToBf16(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40; // NaN stays one, quiet
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

function narrowToF16(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff);
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65520 and above round to infinity
  if (magnitude >= 0x38800000) {
    const shifted = magnitude - 0x38000000;
    return sign | ((shifted + 0xfff + ((shifted >>> 13) & 1)) >>> 13);
  }
  // Below 2^-14 the result is a whole number of 2^-24. 126 = 127 − 1 turns the exponent field into right shifts of the mantissa.
  const places = 126 - (magnitude >>> 23);
  if (places > 24) return sign;
  const mantissa = (magnitude & 0x7fffff) | 0x800000;
  const kept = mantissa >>> places;
  const rest = mantissa & ((1 << places) - 1);
  const half = 1 << (places - 1);
  return sign | (kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0));
}
