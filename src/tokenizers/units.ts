/** The UTF-16 code units of a text. */
export type Units = Uint16Array;

/** Reading units of an array is several times faster than of a string that was cut out of another. */
export function unitsOf(text: string): Units {
  const bytes = Buffer.from(text, 'utf16le');
  return new Uint16Array(bytes.buffer, bytes.byteOffset, text.length);
}
