/** The YAML library's complaints in our own words, at the place where the mistake was made. */

import type { Lines } from "./lines.ts";
import { type SourceFault, short } from "./sourceFaults.ts";

type Words = Pick<SourceFault, "zh" | "en" | "fixZh" | "fixEn">;

const syntaxWords: Readonly<Record<string, Words>> = {
  TAB_AS_INDENT: {
    zh: "缩进用了制表符 (Tab)",
    en: "a tab is used for indentation",
    fixZh: "改用空格缩进, 每层两个空格",
    fixEn: "indent with spaces, two for each level",
  },
  BAD_INDENT: {
    zh: "缩进不对, 或前面的括号没有闭合",
    en: "wrong indentation, or a bracket before this is not closed",
    fixZh: "同一层的字段左对齐; 检查前面的 { } 和 [ ]",
    fixEn: "align the fields of one level; check the { } and [ ] before this",
  },
  MULTILINE_IMPLICIT_KEY: {
    zh: "这一行缺少 字段名: 值 的形式",
    en: "this line is not of the form `name: value`",
    fixZh: "冒号用半角, 冒号后加一个空格, 例如 unit: 1",
    fixEn: "put a space after the colon, e.g. unit: 1",
  },
  MISSING_CHAR: {
    zh: "缺少引号、冒号或括号",
    en: "a quote, a colon or a bracket is missing",
    fixZh: "补全成对的引号和括号",
    fixEn: "complete the pair of quotes or brackets",
  },
  MULTIPLE_DOCS: {
    zh: "一个文件里有多份文档 (--- 分隔)",
    en: "the file holds several documents (separated by ---)",
    fixZh: "一个站点一个文件; 删除 --- 及其后的内容",
    fixEn: "one site, one file; delete the --- and what follows",
  },
  BAD_SCALAR_START: {
    zh: "值不能以这个符号开头",
    en: "a value cannot begin with this character",
    fixZh: '给文字加引号, 例如 "%LEL"',
    fixEn: 'put the text in quotes, e.g. "%LEL"',
  },
  BAD_DQ_ESCAPE: {
    zh: "双引号里的反斜杠用法不对",
    en: "wrong use of a backslash within double quotes",
    fixZh: "改用单引号 '...'",
    fixEn: "use single quotes '...'",
  },
  RESOURCE_EXHAUSTION: {
    zh: "嵌套层数过多",
    en: "nested too deeply",
    fixZh: "检查此处的缩进和括号",
    fixEn: "check the indentation and the brackets here",
  },
};

export interface LibraryError {
  readonly code: string;
  readonly pos: readonly [number, number];
  readonly message: string;
  readonly lines: Lines;
  readonly text: string;
}

/** Full-width signs that a Chinese keyboard types where YAML wants the half-width one. */
const wideSigns: Readonly<Record<string, string>> = {
  "：": ":",
  "，": ",",
  "｛": "{",
  "｝": "}",
  "［": "[",
  "］": "]",
  "“": '"',
  "”": '"',
  "＃": "#",
  "\u3000": " ",
  "\u00a0": " ",
};
const wideSign = /[：，｛｝［］“”＃\u3000\u00a0]/u;

export function wideSignIn(text: string): string | null {
  return wideSign.exec(text)?.[0] ?? null;
}

export function wideSignWords(sign: string): Words {
  return {
    zh: `此处有全角符号 "${sign}"`,
    en: `there is a full-width "${sign}" here`,
    fixZh: `改用半角 "${wideSigns[sign]}", 或给整段文字加引号`,
    fixEn: `type the half-width "${wideSigns[sign]}", or put the whole text in quotes`,
  };
}

/**
 * One fault for the first of the library's errors: those after it are mostly its echo.
 * The library's text is used only where we have none.
 */
export function syntaxFault(error: LibraryError): SourceFault {
  const { code, message, lines, pos } = error;
  const sign = wideSignNear(lines, pos[0]);
  if (sign !== null) return named({ at: pos[0], end: pos[1] }, wideSignWords(sign));
  return (
    openBracket(error) ??
    openQuote(error) ??
    named(placeOf(error), syntaxWords[code] ?? unknownError(message))
  );
}

function named(span: Pick<SourceFault, "at" | "end">, words: Words): SourceFault {
  const { zh, en, ...fix } = words;
  return { code: "E004", ...span, zh: `YAML 语法错误: ${zh}`, en: `YAML syntax: ${en}`, ...fix };
}

function unknownError(message: string): Words {
  return {
    zh: short(message, 120),
    en: short(message, 120),
    fixZh: "检查此处的符号; 文字请加引号",
    fixEn: "check the signs here; put text in quotes",
  };
}

/** Wrong indentation is reported at the beginning of the line: mark its first word. */
function placeOf({ code, pos, text }: LibraryError): Pick<SourceFault, "at" | "end"> {
  const [at, end] = pos;
  const blanks =
    code === "BAD_INDENT" ? (/^ */.exec(text.slice(at, at + 200))?.[0].length ?? 0) : 0;
  return { at: at + blanks, end: end + blanks };
}

/** The library notices an open bracket where it cannot go on: mark the bracket. */
function openBracket({ code, message, pos, text }: LibraryError): SourceFault | null {
  if (code !== "BAD_INDENT" || !message.startsWith("Flow ")) return null;
  let open = 0;
  for (let at = pos[0] - 1; at >= Math.max(0, pos[0] - bracketSearchMax); at -= 1) {
    const sign = text[at] ?? "";
    if ("}]".includes(sign)) open -= 1;
    if (!"{[".includes(sign)) continue;
    open += 1;
    if (open !== 1) continue;
    return named(
      { at, end: at + 1 },
      {
        zh: `括号 "${sign}" 没有闭合`,
        en: `the bracket "${sign}" is not closed`,
        fixZh: `补上 "${sign === "{" ? "}" : "]"}"`,
        fixEn: `add the "${sign === "{" ? "}" : "]"}"`,
      },
    );
  }
  return null;
}

/** How far back an open bracket is looked for. */
const bracketSearchMax = 10_000;

/** An open quote swallows lines, and is noticed at the end of what it swallowed: mark the quote. */
function openQuote({ code, message, pos, text }: LibraryError): SourceFault | null {
  const quote = /^Missing closing (["'])/.exec(message)?.[1];
  if (code !== "MISSING_CHAR" || quote === undefined) return null;
  const at = text.lastIndexOf(quote, pos[0] - 1);
  if (at === -1) return null;
  return named(
    { at, end: at + 1 },
    {
      zh: `引号 ${quote} 没有闭合`,
      en: `the quote ${quote} is not closed`,
      fixZh: `在这段文字末尾补上 ${quote}`,
      fixEn: `add the ${quote} at the end of this text`,
    },
  );
}

/** The library notices a wide colon only at the next line: look at the line of the fault and the one before. */
function wideSignNear(lines: Lines, at: number): string | null {
  const { line } = lines.place(at);
  const text = `${lines.text(line - 1)}\n${lines.text(line)}`.replace(/"[^"\n]*"|'[^'\n]*'/gu, "");
  return wideSignIn(text.replace(/(^|\s)#.*$/gmu, ""));
}
