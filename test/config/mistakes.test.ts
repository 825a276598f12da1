import { expect, test } from "vitest";
import { renderFaults } from "../../config/render.ts";
import { edited, exampleText, faultsOf } from "./exampleSite.ts";

/** The mistakes that installers make most: what was typed in place of what. */
const mistakes: readonly (readonly [name: string, from: string, to: string])[] = [
  ["a mistyped field", "    parity: none", "    paritty: none"],
  ["a mistyped required field", "    port: /dev/serial", "    prot: /dev/serial"],
  ["a field of a later version", "    unit: mm", "    template: lt\n    unit: mm"],
  ["a camera that nobody can reach", "journal:\n", "cameras: { c1: { place: gate } }\njournal:\n"],
  ["a field that belongs nowhere", "    decimals: 0\n", "    decimals: 0\n    colour: red\n"],
  ["a code without quotes", 'enterpriseCode: "441900001"', "enterpriseCode: 441900001"],
  ["minutes written as m", "timeout: 500ms", "timeout: 1m"],
  ["a Chinese unit of time", "timeout: 500ms", "timeout: 5 分钟"],
  ["a duration without unit", "timeout: 500ms", "timeout: 500"],
  ["a size in GB", "maxSize: 8GiB", "maxSize: 8GB"],
  ["a number with its unit", "range: [0, 12000]", "range: [0, 12000mm]"],
  ["full-width digits", "      h: 10000", "      h: １００００"],
  ["a type of another program", "type: float32", "type: float"],
  ["a bus type of another program", "type: modbus-rtu", "type: rtu"],
  ["a kind in Chinese", "kind: level", "kind: 液位"],
  ["three stop bits", "    parity: none", "    stopBits: 3"],
  ["a unit above 255", "unit: 1 # 从站地址", "unit: 300 # 从站地址"],
  ["a range with one end", "range: [0, 12000]", "range: [12000]"],
  ["a range without brackets", "range: [0, 12000]", "range: 12000"],
  ["a text cut by a comma", "{ h: 60,", "{ note: 停止装卸, 撤离, h: 60,"],
  ["a limit without value", "      hh: 11000", "      hh:"],
  ["a limit as a text", "      hh: 11000", "      hh: 高"],
  ["a limit without at", "hh: { at: 80, priority: 1 }", "hh: { priority: 1 }"],
  ["a scale of no known form", "scale: { loop: [4000, 20000] }", "scale: { multiply: 10 }"],
  ["a scale with one end", "scale: { loop: [4000, 20000] }", "scale: { loop: [4000] }"],
  ["a site id with a space", "id: small-site #", "id: small site #"],
  ["a site id in Chinese", "id: small-site #", "id: 罐区 #"],
  ["a web address for the broker", "url: mqtts://", "url: https://"],
  ["a CAS number with blanks", "cas: 71-43-2", "cas: 71 - 43 - 2"],
  ["a full-width colon", "    unit: mm", "    unit：mm"],
  ["a full-width comma in brackets", "[LT-101, PT-101]", "[LT-101，PT-101]"],
  ["no space after the colon", "    unit: mm", "    unit:mm"],
  ["a tab", "    unit: mm", "\tunit: mm"],
  ["a percent sign without quotes", 'unit: "%LEL"', "unit: %LEL"],
  ["a bracket left open", "range: [0, 12000]", "range: [0, 12000"],
  ["a quote left open", 'enterpriseCode: "441900001"', 'enterpriseCode: "441900001'],
  ["wrong indentation", "    kind: level", "   kind: level"],
  ["a tag twice", "  PT-101:\n", "  LT-101:\n"],
  ["an anchor", "    unit: mm", "    unit: &u mm"],
  ["two documents", "tanks:\n", "---\ntanks:\n"],
  ["an unknown device", "device: 可燃气体探测器-1\n", "device: 可燃气体探测器-2\n"],
  ["an unknown point of a tank", "points: [LT-101, PT-101]", "points: [LT-101, PT-102]"],
  ["limits out of order", "      l: 1500", "      l: 15000"],
  ["a limit outside the range", "      hh: 11000", "      hh: 13000"],
  ["a gas limit looser than the standard", "gas1: 25, gas2: 50", "gas1: 25, gas2: 60"],
  [
    "a number of a manual as wire address",
    "register: { address: 10,",
    "register: { modicon: 10, address: 10,",
  ],
  [
    "one register inside another value",
    "{ address: 10, type: uint16 }",
    "{ address: 1, type: uint32 }",
  ],
  ["two devices with one unit", "bus: RS485-1\n    unit: 2", "bus: RS485-1\n    unit: 1"],
];

test("the most likely mistakes are explained with place and way out, in both languages", async () => {
  const original = exampleText("smallSite");
  const pages = mistakes.map(([name, from, to]) => {
    const text = edited(original, from, to);
    const faults = faultsOf(text);
    expect(faults, name).not.toEqual([]);
    const [zh, en] = (["zh", "en"] as const).map((lang) =>
      renderFaults(faults, { lang, colour: false, text }),
    );
    return `===== ${name}\n\n${zh}\n${en}`;
  });
  await expect(pages.join("\n")).toMatchFileSnapshot("./mistakes.golden.txt");
});
