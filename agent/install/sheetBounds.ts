/** The most that a point list may be. 10,000 points of forty columns take about 10 MiB unpacked. */
export const sheetBounds = {
  /** Of the file as it lies on the disk. */
  fileBytesMax: 32 * 1024 ** 2,
  /** Of its sheets unpacked. */
  bytesMax: 64 * 1024 ** 2,
  entriesMax: 1_000,
  rowsMax: 20_000,
  columnsMax: 256,
  mergesMax: 20_000,
} as const;
