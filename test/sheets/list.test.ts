import { expect, test } from "vitest";
import writeXlsxFile from "write-excel-file/node";
import { planImport } from "../../config/sheets/plan.ts";
import { readRows } from "../../config/sheets/rows.ts";
import { editYaml } from "../../config/sheets/yamlEdit.ts";
import { exampleYaml, sheetOf, sheetsIn, siteOf, workbook } from "./sheetFiles.ts";

const small = exampleYaml("smallSite");

function read(text: string, base: 0 | 1 | null = null) {
  const rows = readRows(sheetOf(text), base);
  if (rows === null) throw new Error("no heads");
  return rows;
}

function said(text: string, base: 0 | 1 | null = null): readonly string[] {
  return read(text, base).findings.map(
    ({ severity, at, what, cure }) =>
      `${at} ${severity} ${what.en}${cure === undefined ? "" : ` -> ${cure.en}`}`,
  );
}

test("a Chinese list with titles above, merged cells and full-width signs, written by another library", async () => {
  const text = (value: string, more = {}) => ({ value, type: String, ...more });
  const bytes = await writeXlsxFile(
    [
      [text("某某化工有限公司测点清单", { columnSpan: 6 }), null, null, null, null, null],
      [],
      ["位号", "名称", "设备", "从站地址", "寄存器地址", "报警值"]
        .map((head, index) => text(head, index < 5 ? { rowSpan: 2 } : { columnSpan: 2 }))
        .concat([null as never, text("量程", { rowSpan: 2 }), text("总线", { rowSpan: 2 })]),
      [null, null, null, null, null, text("低报"), text("高报"), null, null],
      [
        text("ＬＴ－２０１"),
        text("二号罐液位"),
        text("雷达二", { rowSpan: 2 }),
        text("２", { rowSpan: 2 }),
        40001,
        1000,
        "１１，０００",
        text("0～12000"),
        text("PLC-1", { rowSpan: 2 }),
      ],
      [text("PT-201"), text("二号罐压力"), null, null, 40003, null, 80, text("0-100"), null],
    ] as never,
    { sheet: "罐区" },
  ).toBuffer();
  const [sheet] = await sheetsIn(bytes);
  const { points, findings } = readRows(sheet!, null)!;
  expect(findings).toEqual([]);
  expect(
    points.map(({ at, tag, device, unitId, kind, rangeLow, rangeHigh, limits, place }) => ({
      at,
      tag,
      device,
      unitId,
      kind,
      range: [rangeLow, rangeHigh],
      limits,
      modicon: place?.modicon,
    })),
  ).toEqual([
    {
      at: "罐区!A5",
      tag: "LT-201",
      device: "雷达二",
      unitId: 2,
      kind: "level",
      range: [0, 12000],
      limits: { l: 1000, h: 11000 },
      modicon: 40001,
    },
    {
      at: "罐区!A6",
      tag: "PT-201",
      device: "雷达二",
      unitId: 2,
      kind: "pressure",
      range: [0, 100],
      limits: { h: 80 },
      modicon: 40003,
    },
  ]);
});

test("a workbook by hand: inline and shared strings, a cached formula, a date, a formula's error, a merge, a hidden row", async () => {
  const inline = (at: string, value: string) =>
    `<c r="${at}" t="inlineStr"><is><t>${value}</t></is></c>`;
  const bytes = workbook(
    `<sheetData>
      <row r="3">${inline("A3", "位号")}${inline("B3", "设备")}<c r="C3" t="s"><v>0</v></c>${inline("D3", "量程上限")}${inline("E3", "量程下限")}</row>
      <row r="4" hidden="1">${inline("A4", "LT-1")}${inline("B4", "苯罐液位计")}<c r="C4"><v>40001</v></c><c r="D4"><f>1000*2</f><v>2000</v></c><c r="E4"><v>0</v></c></row>
      <row r="5">${inline("A5", "LT-2")}<c r="C5"><v>40003</v></c><c r="D5" s="1"><v>45000</v></c><c r="E5"><v>0</v></c></row>
      <row r="6">${inline("A6", "LT-3")}${inline("B6", "苯罐液位计")}<c r="C6"><v>40005</v></c><c r="D6" t="e"><v>#REF!</v></c><c r="E6"><v>0</v></c></row>
    </sheetData><mergeCells count="1"><mergeCell ref="B4:B5"/></mergeCells>`,
    {
      "xl/sharedStrings.xml": `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><r><t>寄存器</t></r><r><t>地址</t></r></si></sst>`,
    },
  );
  const [sheet] = await sheetsIn(bytes);
  expect(sheet!.rows[4]!.slice(0, 2)).toEqual(["LT-2", null]);
  const { points, findings } = readRows(sheet!, null)!;
  expect(points.map(({ tag, device, rangeHigh }) => [tag, device, rangeHigh])).toEqual([
    ["LT-1", "苯罐液位计", 2000],
  ]);
  expect(findings.map(({ severity, at, what }) => [severity, at, what.en])).toEqual([
    ["rejected", "罐区!D5", "Excel made it a date (2023-03-15)"],
    ["rejected", "罐区!D6", "the formula fails: #REF!"],
    ["note", "罐区", "1 row(s) are hidden in the sheet and taken all the same: 4"],
  ]);
});

test.each([
  [
    "GB 18030, comma",
    Buffer.concat([
      Buffer.from("cebbbac52cc3fbb3c62cc1bfb3cc0d0a", "hex"),
      Buffer.from("LT-1,", "ascii"),
      Buffer.from("b1bd", "hex"),
      Buffer.from(",0~10\r\n"),
    ]),
  ],
  ["UTF-8, semicolon", Buffer.from('位号;名称;量程\n"LT-1";苯;0~10\n')],
  ["UTF-8 with mark, tab", Buffer.from("\ufeff位号\t名称\t量程\r\nLT-1\t苯\t0~10")],
  ["UTF-16", Buffer.from("\ufeff位号\t名称\t量程\r\nLT-1\t苯\t0~10", "utf16le")],
])("CSV as %s", async (_, bytes) => {
  const [sheet] = await sheetsIn(bytes);
  const { points } = readRows(sheet!, null)!;
  expect(points.map(({ at, tag, name, rangeHigh }) => [at, tag, name, rangeHigh])).toEqual([
    ["list.csv!A2", "LT-1", "苯", 10],
  ]);
});

test("addresses: each way is told, and what is not certain is not guessed", () => {
  const hows = (column: string, base: 0 | 1 | null = null, head = "寄存器地址") => {
    const cells = column.split(" ");
    const { points, findings } = read(
      `位号|${head}|量程\n${cells.map((cell, i) => `T${i}|${cell}|0-1`).join("\n")}`,
      base,
    );
    return [
      ...points.map(({ place }) => `${place?.table} ${place?.address}`),
      ...findings.map(({ at, what }) => `${at}: ${what.en.slice(0, 40)}`),
    ];
  };
  expect(hows("40001 400012 30001 10001")).toEqual([
    "holding 0",
    "holding 11",
    "input 0",
    "discrete 0",
  ]);
  expect(hows("4x0001 3x12 0x1")).toEqual(["holding 0", "input 11", "coil 0"]);
  expect(hows("0x1F 10H 0 5")).toEqual(["holding 31", "holding 16", "holding 0", "holding 5"]);
  const open = "whether address 1 counts from 0 or from 1".slice(0, 40);
  expect(hows("1 1")).toEqual([`Sheet1!B2: ${open}`, `Sheet1!B3: ${open}`]);
  expect(hows("1 3", 1)).toEqual(["holding 0", "holding 2"]);
  expect(hows("1 3", 0)).toEqual(["holding 1", "holding 3"]);
  expect(hows("1 40001", null, "寄存器地址(从0)")).toEqual(["holding 1", "holding 40001"]);
  expect(hows("1 3", null, "Register (from 1)")).toEqual(["holding 0", "holding 2"]);
  expect(hows("0 40001")).toEqual([
    "holding 0",
    "Sheet1!B3: 40001 may be a 40001-style number or the",
  ]);
  expect(hows("0x0010")).toEqual(['Sheet1!B2: "0x0010" may be hexadecimal or a coil']);
  expect(hows("40001.1 70000")).toEqual([
    'Sheet1!B2: "40001.1" has a decimal point: Excel tur',
    'Sheet1!B3: "70000" is no register address',
  ]);
});

test("heads of several meanings are settled by the content or told", () => {
  const one = read("位号|unit|单位\nA|3|mm").points[0];
  expect([one?.unitId, one?.unit]).toEqual([3, "mm"]);
  expect(read("位号|Unit|从站地址\nA|kPa|3").points[0]).toMatchObject({ unit: "kPa", unitId: 3 });
  expect(read("位号|地址|从站地址\nA|40001|3").points[0]).toMatchObject({
    unitId: 3,
    place: { address: 0 },
  });
  expect(read("位号|类型\nA|float").points[0]).toMatchObject({ type: "float32" });
  expect(read("位号|类型\nA|液位").points[0]).toMatchObject({ kind: "level" });
  expect(said("位号|名称|上限\nA|x|5")).toEqual([
    'Sheet1!C1 error head "上限" may mean several things -> rename it to "Range high" or "H"',
  ]);
  expect(said("位号|名称|量呈上限\nA|x|5")).toEqual([
    'Sheet1!C1 note unknown head "量呈上限": the column is not taken -> did you mean "量程上限"?',
  ]);
  expect(said("位号|低报|低限\nA|1|2")).toEqual([
    'Sheet1!C1 error head "低限" means the same as column B -> delete or rename one of them',
  ]);
});

test("rejected rows name the cell, the reason and the cure", () => {
  expect(
    said(
      `位号|名称|从站地址|数据类型|周期|小数|量程\nA 1|x\n|noTag\nB|x|300\nC|x|1|float33\nD|x|1|float|5\nE|x|1|float|5s|12\nF|x|1|float|5秒|1|0-\nG|g\nG|again`,
    ).map((line) => line.replace(/ -> .*/, "")),
  ).toEqual([
    'Sheet1!A2 rejected "A 1" cannot be a name',
    "Sheet1!A3 rejected there is no tag",
    'Sheet1!C4 rejected "300" is no unit id',
    'Sheet1!D5 rejected "float33" is no data type',
    'Sheet1!E6 rejected "5" is no duration',
    'Sheet1!F7 rejected "12" is no number of decimals',
    'Sheet1!G8 rejected "0-" is no range',
    "Sheet1!A10 rejected tag G is in Sheet1!A9 already",
  ]);
  expect(read("位号|周期(ms)\nA|500").points[0]?.every).toBe("500ms");
});

test("gas detectors: high and high-high of a plain list are gas1 and gas2", () => {
  expect(
    read("位号|测量类型|高报|高高报\nA|可燃气体|25|50\nB|压力|1|2").points.map(
      ({ limits }) => limits,
    ),
  ).toEqual([
    { gas1: 25, gas2: 50 },
    { h: 1, hh: 2 },
  ]);
});

test("devices: known by id, made from bus and unit id, by address of a new bus; what is unknown is told", () => {
  const site = siteOf(small);
  const plan = planImport(
    site,
    read(`位号|设备|总线|从站地址|寄存器地址|量程
LT-1|苯罐液位计|||40001|0-1
LT-2||PLC-1|1|40001|0-1
LT-3|新 表|PLC-1|7|40001|0-1
LT-4|表四|10.0.0.9|1|40001|0-1
LT-5|苯罐液位仪|||40001|0-1
LT-6||PLC-2|1|40001|0-1
LT-7|||9|40001|0-1
LT-8||||40001|0-1
LT-9|苯罐液位计|PLC-1|4|40001|0-1`).points,
    false,
  );
  expect(
    plan.edits.map(({ path, ...rest }) => [
      path.join("."),
      "value" in rest ? (rest.value as { device?: string }).device : "",
    ]),
  ).toEqual([
    ["buses.10.0.0.9", undefined],
    ["devices.PLC-1-7", undefined],
    ["devices.表四", undefined],
    ["points.LT-1", "苯罐液位计"],
    ["points.LT-2", "苯罐液位计"],
    ["points.LT-3", "PLC-1-7"],
    ["points.LT-4", "表四"],
  ]);
  expect(plan.findings.map(({ at, what, cure }) => `${at} ${what.en} -> ${cure?.en}`)).toEqual([
    'Sheet1!A6 the site file has no device "苯罐液位仪" -> did you mean "苯罐液位计"? A new one needs bus and unit id',
    'Sheet1!A7 the site file has no bus "PLC-2" -> did you mean "PLC-1"?',
    "Sheet1!A8 there is a unit id, but no bus -> add a column with the bus",
    "Sheet1!A9 which device it is in is not written -> write the device, or bus and unit id; repeat it in each row, or merge the cells",
    'Sheet1!A10 device "苯罐液位计" is unit 1 on bus PLC-1; the sheet says otherwise -> correct the sheet, or the device in the site file',
  ]);
  expect(Object.keys(siteOf(editYaml(small, plan.edits)).points)).toEqual([
    ...Object.keys(site.points),
    "LT-1",
    "LT-2",
    "LT-3",
    "LT-4",
  ]);
});

test("every byte and comment that is not of the change stays", () => {
  const { edits } = planImport(
    siteOf(small),
    read("位号|高高报|名称|储罐\nLT-101|11500|苯罐\nPT-101|90|\nGT-101||| V-101").points,
    false,
  );
  expect(editYaml(small, edits)).toBe(
    small
      .replace("hh: 11000", "hh: 11500")
      .replace("name: 苯储罐液位", "name: 苯罐")
      .replace("at: 80,", "at: 90,")
      .replace("[LT-101, PT-101]", "[LT-101, PT-101, GT-101]"),
  );
});

test("replace takes away what the list does not name, its comments of the same lines, and its place in the tank", () => {
  const list = "位号|设备|名称|低报\nLT-101|苯罐液位计||";
  const text = editYaml(small, planImport(siteOf(small), read(list).points, true).edits);
  const site = siteOf(text);
  expect(Object.keys(site.points)).toEqual(["LT-101"]);
  expect(site.points["LT-101"]).toMatchObject({ limits: { ll: 800, h: 10000 } });
  expect(site.points["LT-101"]?.name).toBeUndefined();
  expect(site.points["LT-101"]?.limits?.l).toBeUndefined();
  expect(site.tanks["V-101"]?.points).toEqual(["LT-101"]);
  expect(text).toContain("# 字交换; 数值离谱时先试这里 / words swapped");
});
