/** What is wrong with the text itself, before any field is looked at: in words, with the way out. */

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

/** Whoever decoded the bytes put U+FFFD where they were no UTF-8. */
export function encodingFault(at: number): SourceFault {
  return {
    code: "E002",
    at,
    end: at + 1,
    zh: "文件不是 UTF-8 编码, 可能是 GBK 或 UTF-16",
    en: "the file is not UTF-8; it may be GBK or UTF-16",
    fixZh: "另存为 UTF-8, 或执行: iconv -f GB18030 -t UTF-8 原文件 > 新文件",
    fixEn: "save it as UTF-8, or run: iconv -f GB18030 -t UTF-8 OLD > NEW",
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

/** Text of the file, cut to what fits into a message; line breaks would break the message. */
export function short(text: string, length = 40): string {
  const oneLine = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
  const letters = [...oneLine.slice(0, 2 * length + 2)];
  return letters.length > length ? `${letters.slice(0, length).join("")}...` : oneLine;
}
