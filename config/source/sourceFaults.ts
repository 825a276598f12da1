/** What is wrong with the text itself, before any field is looked at: in words, with the way out. */

import type { Lines } from "./lines.ts";

/** A fault between two offsets of the text; `code` as in the list of faults. */
export interface SourceFault {
  readonly code: string;
  readonly at: number;
  readonly end: number;
  readonly zh: string;
  readonly en: string;
  readonly fixZh?: string;
  readonly fixEn?: string;
}

type Words = Pick<SourceFault, "zh" | "en" | "fixZh" | "fixEn">;

export function emptyFileFault(): SourceFault {
  return {
    code: "E003",
    at: 0,
    end: 0,
    zh: "文件是空的",
    en: "the file is empty",
    fixZh: "从 config/examples/smallSite.yaml 复制一份, 再改成现场的内容",
    fixEn: "copy config/examples/smallSite.yaml and change it to your site",
  };
}

export function tooLargeFault(sizeMiB: number): SourceFault {
  return {
    code: "E001",
    at: 0,
    end: 0,
    zh: `文件超过 ${sizeMiB} MiB, 不像是站点文件`,
    en: `the file is larger than ${sizeMiB} MiB; this cannot be a site file`,
    fixZh: "核对 --config 指向的文件",
    fixEn: "check which file --config names",
  };
}

export function notMapFault(): SourceFault {
  return {
    code: "E009",
    at: 0,
    end: 0,
    zh: "文件最外层应是 site、buses、devices、points 等字段",
    en: "the file must consist of the fields site, buses, devices, points ...",
    fixZh: "每个字段顶格书写, 例如 site:",
    fixEn: "write each field at the start of a line, e.g. site:",
  };
}

export function aliasFault(at: number, end: number): SourceFault {
  return {
    code: "E006",
    at,
    end,
    zh: "不使用 YAML 锚点 (&名称) 和引用 (*名称): 改一处会悄悄改动别处的限值",
    en: "YAML anchors (&name) and aliases (*name) are not used here: a change in one place would silently change limits in another",
    fixZh: "把内容完整写出; 若是普通文字, 请加引号",
    fixEn: "write the content out; if it is plain text, put it in quotes",
  };
}

export function tagFault(at: number, end: number): SourceFault {
  return {
    code: "E006",
    at,
    end,
    zh: "不使用 YAML 标签 (!名称)",
    en: "YAML tags (!name) are not used here",
    fixZh: "去掉标签; 若是文字, 请加引号",
    fixEn: "remove the tag; if it is text, put it in quotes",
  };
}

export function directiveFault(): SourceFault {
  return {
    code: "E006",
    at: 0,
    end: 0,
    zh: "不使用 YAML 指令 (以 % 开头的行)",
    en: "YAML directives (lines that begin with %) are not used here",
    fixZh: "删除 % 开头的行",
    fixEn: "delete the line that begins with %",
  };
}

export function deepFault(at: number): SourceFault {
  return {
    code: "E007",
    at,
    end: at,
    zh: "嵌套层数过多",
    en: "nested too deeply",
    fixZh: "检查此处的缩进和括号",
    fixEn: "check the indentation and the brackets here",
  };
}

export function duplicateKeyFault(key: string, at: number, end: number): SourceFault {
  return {
    code: "E005",
    at,
    end,
    zh: `"${short(key)}" 重复出现`,
    en: `"${short(key)}" appears twice`,
    fixZh: "保留一处, 删除或改名另一处",
    fixEn: "keep one of them; delete or rename the other",
  };
}

export function complexKeyFault(at: number, end: number): SourceFault {
  return {
    code: "E004",
    at,
    end,
    zh: "字段名不能是列表或映射",
    en: "a field name cannot be a list or a map",
    fixZh: '若是文字, 请加引号: "..."',
    fixEn: 'if it is text, put it in quotes: "..."',
  };
}

export function emptyKeyFault(at: number): SourceFault {
  return {
    code: "E004",
    at,
    end: at,
    zh: "冒号前缺少字段名",
    en: "the field name before the colon is missing",
  };
}

export function keyNotTextFault(key: string, at: number, end: number): SourceFault {
  return {
    code: "E004",
    at,
    end,
    zh: `"${key}" 不能用作名称`,
    en: `"${key}" cannot be used as a name`,
    fixZh: "换一个名称",
    fixEn: "choose another name",
  };
}

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

/** The library's complaint in our own words; its text only where we have none. */
export function syntaxFault({ code, pos, message, lines }: LibraryError): SourceFault {
  const [at, end] = pos;
  const known = syntaxWords[code];
  const place = { code: "E004", at, end };
  const sign = wideSignNear(lines, at);
  if (sign !== null) {
    return {
      ...place,
      zh: `YAML 语法错误: 此处有全角符号 "${sign}"`,
      en: `YAML syntax: there is a full-width "${sign}" here`,
      fixZh: `改用半角 "${wideSigns[sign]}", 或给整段文字加引号`,
      fixEn: `type the half-width "${wideSigns[sign]}", or put the whole text in quotes`,
    };
  }
  if (known !== undefined) {
    return { ...place, ...known, zh: `YAML 语法错误: ${known.zh}`, en: `YAML syntax: ${known.en}` };
  }
  return {
    ...place,
    zh: `YAML 语法错误: ${short(message, 120)}`,
    en: `YAML syntax: ${short(message, 120)}`,
    fixZh: "检查此处的符号; 文字请加引号",
    fixEn: "check the signs here; put text in quotes",
  };
}

/** The library notices a wide colon only at the next line: look at the line of the fault and the one before. */
function wideSignNear(lines: Lines, at: number): string | null {
  const { line } = lines.place(at);
  const text = `${lines.text(line - 1)}\n${lines.text(line)}`.replace(/"[^"\n]*"|'[^'\n]*'/gu, "");
  return wideSign.exec(text.replace(/(^|\s)#.*$/gmu, ""))?.[0] ?? null;
}

/** Text of the file, cut to what fits into a message; line breaks would break the message. */
export function short(text: string, length = 40): string {
  const oneLine = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
  const letters = [...oneLine.slice(0, 2 * length + 2)];
  return letters.length > length ? `${letters.slice(0, length).join("")}...` : oneLine;
}
