import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { pointsCsv, pointsXlsx } from "../../agent/install/exportPoints.ts";
import { readSheetBytes } from "../../agent/install/readSheets.ts";
import { readXlsx } from "../../agent/install/readXlsx.ts";
import { zipStored } from "../../agent/install/zipFile.ts";
import { readRows } from "../../config/sheets/rows.ts";
import { exampleYaml, refusalOf, siteOf, workbook } from "./sheetFiles.ts";

const site = siteOf(exampleYaml("smallSite"));

test("old, locked and macro files are named as such", async () => {
  const compound = Buffer.from("d0cf11e0a1b11ae1", "hex");
  expect(await refusalOf(Buffer.concat([compound, Buffer.alloc(512)]))).toContain(
    "old .xls format",
  );
  expect(
    await refusalOf(Buffer.concat([compound, Buffer.from("EncryptedPackage", "utf16le")])),
  ).toContain("has a password");
  expect(await refusalOf(workbook("", { "xl/vbaProject.bin": "x" }))).toContain("macros");
  expect(await refusalOf(zipStored(new Map([["readme.txt", Buffer.from("x")]])))).toContain(
    "no workbook",
  );
  expect(await refusalOf(Buffer.from([1, 0, 2, 0]))).toContain("no text");
});

test("a sheet with far-off cells, too many rows or too many columns is refused before its cells are made", async () => {
  expect(
    await refusalOf(
      workbook('<sheetData><row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'),
    ),
  ).toContain("1048576 rows and 1 columns");
  expect(
    await refusalOf(workbook('<sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData>')),
  ).toContain("1 rows and 16384 columns");
  expect(await refusalOf(Buffer.from("位号\n".repeat(20_001)))).toContain("more than 20000 rows");
});

/** The first local file of a stored zip, packed, and claiming to hold `claimed` bytes. */
function bomb(realBytes: number, claimed: number): Buffer {
  const name = "xl/workbook.xml";
  const packed = deflateRawSync(Buffer.alloc(realBytes, " "));
  const file = zipStored(new Map([[name, packed]]));
  const entry = file.indexOf(Buffer.from("504b0102", "hex"));
  for (const [method, size] of [
    [8, 22],
    [entry + 10, entry + 24],
  ] as const) {
    file.writeUInt16LE(8, method);
    file.writeUInt32LE(claimed, size);
  }
  return file;
}

test("a zip bomb is refused by what it claims, and cut off where it lies", async () => {
  expect(await refusalOf(bomb(1_000_000, 70 * 1024 ** 2))).toContain("more than 64 MiB unpacked");
  expect(await refusalOf(bomb(1000, 0xffff_ffff))).toContain("more than 64 MiB unpacked");
  expect(await refusalOf(bomb(8_000_000, 2000))).toContain("damaged");
});

test("damaged bytes are refused or read, and never throw", async () => {
  const whole = [
    await pointsXlsx(site, "zh"),
    workbook("<sheetData><row r='1'><c r='A1'><v>1</v></c></row></sheetData>"),
  ];
  const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), {
    minLength: 1,
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...whole),
      damage,
      fc.option(fc.nat()),
      async (bytes, spots, cut) => {
        const broken = Buffer.from(bytes);
        for (const [at, value] of spots) broken[at % broken.length] = value;
        const read = await readXlsx(
          broken.subarray(0, cut === null ? broken.length : cut % broken.length),
        );
        if (read.ok) for (const sheet of read.value) readRows(sheet, null);
        else expect(read.error.en).not.toBe("");
      },
    ),
    { numRuns: 150 },
  );
}, 60_000);

test("any bytes and any text as CSV are refused or read, and never throw", async () => {
  const csv = Buffer.from(pointsCsv(site, "zh"));
  const spoilt = fc
    .tuple(fc.nat(csv.length), fc.nat(csv.length), fc.uint8Array({ maxLength: 9 }))
    .map(([a, b, middle]) => Buffer.concat([csv.subarray(0, a), middle, csv.subarray(b)]));
  const texts = fc
    .array(
      fc.constantFrom(
        "位号",
        "名称",
        ",",
        ";",
        "\t",
        "\n",
        '"',
        '""',
        "LT-1",
        "\r",
        "地址",
        "量程",
        "40001",
        "0x1",
      ),
      { maxLength: 60 },
    )
    .map((parts) => Buffer.from(parts.join("")));
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        spoilt,
        texts,
        fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      ),
      async (bytes) => {
        const read = await readSheetBytes(bytes, "x.csv");
        if (read.ok) for (const sheet of read.value) readRows(sheet, 0);
      },
    ),
    { numRuns: 300 },
  );
}, 60_000);
