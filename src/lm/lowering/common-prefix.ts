/** How many tokens sequences begin with alike. */
export function commonPrefix(sequences: readonly Int32Array[]): number {
  const [first, ...rest] = sequences;
  if (first === undefined) return 0;
  let length = first.length;
  for (const other of rest) {
    let same = 0;
    while (same < Math.min(length, other.length) && first[same] === other[same]) same += 1;
    length = same;
  }
  return length;
}
