/** Tables over many pages: wrapped cells, a head on every page, page numbers at the end. */

import PDFDocument from "pdfkit";
import type { ReportFont } from "./reportFont.ts";

export interface Column {
  readonly title: string;
  /** Share of the page's width. */
  readonly share: number;
}

interface Signatures {
  readonly heading: string;
  readonly text: string;
  readonly fields: readonly string[];
}

export interface PdfPaper {
  /** Large words at the top. */
  title(text: string): void;
  line(text: string): void;
  /** Rows under a heading; none: `none` instead. Resolves now and then between rows. */
  table(parts: {
    readonly heading: string;
    readonly columns: readonly Column[];
    readonly rows: readonly (readonly string[])[];
    readonly none: string;
  }): Promise<void>;
  /** What is said at the end, and a line under each field to sign on. Kept together on one page. */
  signatures(parts: Signatures): void;
  /** Numbers the pages and gives the file. */
  finish(footer: (page: number, pages: number) => string): Promise<Buffer>;
}

const marginPt = 36;
const fontPt = 8;
const headingPt = 11;
const padPt = 3;
/** Room for a name written by hand. */
const signPt = 40;
/** Longer texts are cut, with a mark: a row must fit on a page. */
const cellCharsMax = 800;
/** Rows between two pauses: about 10 ms of work. */
const rowsAStretch = 10;

/** `breathe` lets the rest of the program run: a long report takes seconds. */
export function openPaper(options: {
  readonly font: ReportFont;
  readonly title: string;
  readonly madeMs: number;
  readonly breathe: () => Promise<void>;
}): PdfPaper {
  const { font, breathe } = options;
  const doc = new PDFDocument({
    size: "A4",
    layout: "landscape",
    // Ours to keep: the library would otherwise begin a page in the middle of a row.
    margins: { top: marginPt, left: marginPt, right: marginPt, bottom: 0 },
    bufferPages: true,
    info: { Title: options.title, Producer: "hazgate", CreationDate: new Date(options.madeMs) },
    font: "",
  });
  const chunks: Buffer[] = [];
  doc.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<Buffer>((resolve, reject) => {
    doc.on("end", () => resolve(Buffer.concat(chunks)));
    doc.on("error", reject);
  });
  doc.registerFont("text", font.bytes, font.name).font("text");
  const widthPt = doc.page.width - 2 * marginPt;
  const endPt = doc.page.height - marginPt - 2 * fontPt;

  const drawRow = (
    cells: readonly string[],
    columns: readonly Column[],
    heightPt: number,
  ): void => {
    const top = doc.y;
    let left = marginPt;
    for (const [i, { share }] of columns.entries()) {
      doc.text(cells[i] ?? "", left, top + padPt, { width: share * widthPt - 2 * padPt });
      left += share * widthPt;
    }
    doc.moveTo(marginPt, top + heightPt).lineTo(marginPt + widthPt, top + heightPt);
    doc.lineWidth(0.4).strokeColor("#999999").stroke();
    doc.x = marginPt;
    doc.y = top + heightPt;
  };
  const heightOf = (cells: readonly string[], columns: readonly Column[]): number => {
    const heights = columns.map(({ share }, i) =>
      doc.heightOfString(cells[i] ?? "", { width: share * widthPt - 2 * padPt }),
    );
    return Math.max(...heights) + 2 * padPt;
  };
  const drawHead = (columns: readonly Column[]): void => {
    const titles = columns.map(({ title }) => title);
    const heightPt = heightOf(titles, columns);
    doc.rect(marginPt, doc.y, widthPt, heightPt).fill("#e6e6e6").fillColor("black");
    drawRow(titles, columns, heightPt);
  };
  const newPage = (): void => {
    doc.addPage();
    doc.font("text").fontSize(fontPt).fillColor("black");
  };

  return {
    title(text) {
      doc.fontSize(16).text(text, marginPt, marginPt, { width: widthPt }).moveDown(0.3);
    },
    line(text) {
      if (doc.y + 2 * fontPt > endPt) newPage();
      doc.fontSize(fontPt + 1).text(text, marginPt, doc.y, { width: widthPt });
    },
    async table({ heading, columns, rows, none }) {
      if (doc.y + 5 * headingPt > endPt) newPage();
      doc.fontSize(headingPt).text(heading, marginPt, doc.y + headingPt, { width: widthPt });
      doc.fontSize(fontPt).moveDown(0.2);
      if (rows.length === 0) {
        doc.text(none, marginPt, doc.y, { width: widthPt });
        return;
      }
      drawHead(columns);
      for (const [i, raw] of rows.entries()) {
        const cells = raw.map(shortened);
        const heightPt = heightOf(cells, columns);
        if (doc.y + heightPt > endPt) {
          newPage();
          drawHead(columns);
        }
        drawRow(cells, columns, heightPt);
        if (i % rowsAStretch === rowsAStretch - 1) await breathe();
      }
    },
    signatures(parts) {
      doc.fontSize(fontPt + 1);
      const textPt = doc.heightOfString(parts.text, { width: widthPt });
      if (doc.y + 3 * headingPt + textPt + signPt > endPt) newPage();
      drawSignatures(doc, widthPt, parts);
    },
    async finish(footer) {
      const { start, count } = doc.bufferedPageRange();
      for (let page = start; page < start + count; page += 1) {
        doc.switchToPage(page);
        doc.font("text").fontSize(fontPt).fillColor("black");
        doc.text(footer(page + 1, count), marginPt, endPt + fontPt, {
          ...{ width: widthPt, align: "right", lineBreak: false },
        });
      }
      doc.end();
      return await ended;
    },
  };
}

function drawSignatures(
  doc: PDFKit.PDFDocument,
  widthPt: number,
  { heading, text, fields }: Signatures,
): void {
  doc.fontSize(headingPt).text(heading, marginPt, doc.y + headingPt, { width: widthPt });
  doc.fontSize(fontPt + 1).text(text, marginPt, doc.y + padPt, { width: widthPt });
  const top = doc.y + signPt;
  const share = widthPt / fields.length;
  const linePt = share - 3 * headingPt;
  doc.lineWidth(0.8).strokeColor("black");
  for (const [i, field] of fields.entries()) {
    const left = marginPt + i * share;
    doc
      .moveTo(left, top)
      .lineTo(left + linePt, top)
      .stroke();
    doc.text(field, left, top + padPt, { width: linePt });
  }
}

function shortened(text: string): string {
  const plain = text.replaceAll(/\p{Cc}+/gu, " ");
  return plain.length <= cellCharsMax ? plain : `${plain.slice(0, cellCharsMax)} …`;
}
