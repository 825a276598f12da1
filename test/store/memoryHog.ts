/** Loaded before a program: leaves it a moment to begin, then eats its memory until the runtime gives up. */

const eaten: number[][] = [];
const startMs = 1_000;
setTimeout(() => {
  setInterval(() => {
    eaten.push(new Array<number>(200_000).fill(eaten.length));
  }, 20);
}, startMs);
