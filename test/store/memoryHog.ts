/** Loaded before a program: eats its memory until the runtime gives up. */

const eaten: number[][] = [];
setInterval(() => {
  eaten.push(new Array<number>(200_000).fill(eaten.length));
}, 20);
