/** Who stories and word problems are about. */
export const NAMES = ['Lily', 'Mia', 'Tom', 'Ben', 'Anna', 'Max', 'Sara', 'Leo', 'Nora', 'Sam'];
