/** The manual page of the point list, in Markdown, from the table of columns. Pure. */

import { columns, type Field } from "./columns.ts";
import { doubtful } from "./doubtfulHeads.ts";

/** Deterministic: the same table gives the same bytes. */
export function pointListManual(): string {
  const rows = columns.map(
    ({ zh, en, aliases, says, example }) =>
      `| ${zh} · ${en} | ${says.zh}<br>${says.en} | ${example} | ${aliases.join(", ")} |`,
  );
  const open = Object.entries(doubtful).map(
    ([head, fields]) => `\`${head}\` (${fields.map(nameOf).join(" / ")})`,
  );
  return [...opening, ...rows, "", ...closing(open.join(", ")), ""].join("\n");
}

function nameOf(field: Field): string {
  const column = columns.find((one) => one.field === field);
  return `${column?.zh} · ${column?.en}`;
}

const opening = [
  "# 测点清单 · The point list",
  "",
  "<!-- Generated from config/sheets/columns.ts by `npm run generate`. Do not edit. -->",
  "",
  "```",
  "hazgate export points --config site.yaml --out points.xlsx    # 现有测点作样表 · the points there are, as a pattern",
  "hazgate import points.xlsx --config site.yaml --dry-run       # 预览 · preview",
  "hazgate import points.xlsx --config site.yaml                 # 预览后询问 · preview, then a question",
  "```",
  "",
  "Excel (.xlsx) 或 CSV (UTF-8 或 GBK; 逗号、分号或制表符)。表头可在前 30 行内, 上面可有标题; 合并单元格、全角数字都认。",
  "表中没有的测点不动; 空单元格不改变已有的值 (`-`、`/`、`无` 也算空)。加 `--replace`: 表中没有的测点删除, 空单元格去掉名称、气体、小数位数和限值。",
  "站点文件的注释保留, 写入前通过检查, 原文件留在旁边 (`.bak`)。不收的行逐行说明单元格、原因和改法; 其余行可以写入, 退出码为 1。",
  "",
  "Excel (.xlsx) or CSV (UTF-8 or GBK; comma, semicolon or tab). The heads stand within the first 30 rows, titles may stand above; merged cells and full-width digits are understood.",
  "Points that the list does not name stay; an empty cell (also `-`, `/`, `无`) changes nothing. With `--replace`, points that it does not name are removed, and an empty cell takes away a name, gas, decimals or limit.",
  "Comments of the site file stay; the result passes the check before it is written; the old file stays beside it (`.bak`). A row that is not taken is told with cell, reason and cure; the others may be written, and the exit code is 1.",
  "",
  "## 列 · Columns",
  "",
  "只有位号必填; 新测点还要有地址、量程、测量类型和设备 (或总线和从站地址)。",
  "Only the tag is needed; a new point also needs address, range, kind, and its device (or bus and unit id).",
  "",
  "| 表头 head | 含义 meaning | 例 example | 也认 also |",
  "|---|---|---|---|",
];

function closing(open: string): readonly string[] {
  return [
    "## 不猜 · Nothing is guessed",
    "",
    `多义的表头由该列的内容和其他列决定, 决定不了就停下来说明: ${open}。`,
    "Heads of several meanings (above) are settled by what stands in the column and by the other columns, else told.",
    "",
    "| 地址 address | 理解为 understood as |",
    "|---|---|",
    "| `40001`, `30012`, `400012` (整列都是 · the whole column) | Modicon 编号, 从 1 数 · Modicon number, from 1 |",
    "| `4x0001`, `3x12` | 同上 · the same |",
    "| `0x0010`, `10H` | 十六进制, 从 0 数 · hexadecimal, from 0 (`0x` and digits alone needs the table: it may be a coil) |",
    "| `0`, `1`, `2` (列中有 0 · the column holds a 0) | 从 0 数 · from 0 |",
    "| `1`, `2`, `3` | 看不出: 加 `--base 0`/`--base 1`, 或改表头 · open: add `--base`, or name the column |",
    "",
    "报警优先级、按变化记录、状态字不在表中: 站点文件里已有的不受导入影响。",
    "Priorities of limits, report by exception and status words are not in the list: what the site file says of them stays.",
    "",
    "## 上限 · Bounds",
    "",
    "文件 32 MiB, 解压后 64 MiB, 20,000 行, 256 列; 旧格式 .xls、带密码或带宏的文件不读, 并说明怎样另存。",
    "A file of 32 MiB, 64 MiB unpacked, 20,000 rows, 256 columns; an old .xls, a file with a password or with macros is refused with the way out.",
  ];
}
