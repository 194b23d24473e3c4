/**
 * Dense floats: of 16, 32 and 64 bits, and the two of 8 bits.
 *
 * @source IEEE 754; Micikevicius et al. 2022 (arXiv 2209.05433): E4M3 has bias 7, no infinities, NaN where all bits but the
 *   sign are set; E5M2 is the upper half of a 16-bit float
 */
import { once } from '../../../core/collect.ts';
import { half, valuesOf } from '../../../core/numbers/float-formats.ts';
import { type Codec, dense } from './codec.ts';

export const FLOATS = {
  F64: dense(8, 'F32', (bytes, at) => bytes.getFloat64(at, true)),
  F32: dense(4, 'F32', (bytes, at) => bytes.getFloat32(at, true)),
  F16: dense(2, 'F16', half),
  BF16: wideFloats(),
  F8_E4M3: byteFloats(e4m3),
  F8_E5M2: byteFloats(e5m2),
} as const satisfies Readonly<Record<string, Codec>>;

function wideFloats(): Codec {
  const values = once(() => valuesOf('BF16'));
  return dense(2, 'BF16', (bytes, at) => values()[bytes.getUint16(at, true)] as number);
}

/** Both 8-bit formats lie within the 16-bit one. */
function byteFloats(valueAt: (byte: number) => number): Codec {
  const values = once(() => Float32Array.from({ length: 256 }, (_, byte) => valueAt(byte)));
  return dense(1, 'F16', (bytes, at) => values()[bytes.getUint8(at)] as number);
}

function e4m3(byte: number): number {
  const sign = byte < 0x80 ? 1 : -1;
  const exponent = (byte >> 3) & 15;
  const mantissa = byte & 7;
  if (exponent === 15 && mantissa === 7) return Number.NaN;
  return exponent === 0 ? sign * mantissa * 2 ** -9 : sign * (8 + mantissa) * 2 ** (exponent - 10);
}

function e5m2(byte: number): number {
  return half(new DataView(Uint8Array.of(0, byte).buffer), 0);
}
