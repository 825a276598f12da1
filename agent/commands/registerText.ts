/** An answer of `hazgate read`, as text for people and as JSON. */

import { byteOrders } from "../../config/shape/register.ts";
import { qualityWords } from "../../config/words/qualityWords.ts";
import { modiconNumber, wireAddress } from "../../config/words/registerAddress.ts";
import { qualityReason } from "../install/qualityReason.ts";
import type { RegisterAnswer } from "../install/readRegisters.ts";
import type { RegisterTarget } from "../install/registerTarget.ts";
import { bitForms, singleForms, wideForms } from "../install/wordForms.ts";
import { columns } from "./columns.ts";
import { type CommandIo, say } from "./io.ts";

type Lang = CommandIo["lang"];

/** The whole answer: where it was asked, the words, every meaning of them, and the value of a point. */
export function answerText(target: RegisterTarget, answer: RegisterAnswer, lang: Lang): string {
  const blocks = [headText(target, answer, lang), wordsText(answer, lang)];
  const value = valueText(answer, lang);
  if (value !== "") blocks.push(value);
  return `${blocks.join("\n\n")}\n`;
}

/** The same as an object; stable. */
export function answerJson(target: RegisterTarget, answer: RegisterAnswer): object {
  const { span, payload, tookMs, reading } = answer;
  const isBits = span.table === "coil" || span.table === "discrete";
  return {
    v: 1,
    target: target.of.kind === "point" ? target.of.id : `${span.unit}:${span.address}`,
    bus: target.busName,
    ...span,
    modicon: modiconNumber(span),
    tookMs: Math.round(tookMs * 10) / 10,
    hex: Buffer.from(payload).toString("hex"),
    registers: isBits ? [] : singleForms(payload, span.address),
    bits: isBits ? bitForms(payload, span.count) : [],
    forms: Object.fromEntries(
      (isBits ? [] : wideForms(payload, valueAt(answer))).map(({ type, values }) => [
        type,
        Object.fromEntries(byteOrders.map((order, i) => [order, values[i] ?? null])),
      ]),
    ),
    reading:
      reading === null
        ? null
        : {
            ...{ value: reading.value, unit: reading.point.unit, quality: reading.quality },
            ...{ decoded: reading.decoded, reason: qualityReason(answer)?.en ?? null },
          },
  };
}

/** "12.5 m 良好", with the reason when it is not good. */
export function readingText(answer: RegisterAnswer, lang: Lang): string {
  const { reading } = answer;
  if (reading === null) return hexWords(answer.payload).join(" ");
  const value = reading.value === null ? "—" : `${shown(reading.value)} ${reading.point.unit}`;
  const reason = qualityReason(answer);
  const why = reason === null ? "" : `: ${reason[lang]}`;
  return `${value}  ${qualityWords[reading.quality][lang]}${why}`;
}

function headText(target: RegisterTarget, answer: RegisterAnswer, lang: Lang): string {
  const { span, tookMs } = answer;
  const { unit, table, address, count } = span;
  const name = target.of.kind === "point" ? `${target.of.id}  ${target.of.point.name}\n` : "";
  const last = address + count - 1;
  const manual = modiconNumber(span);
  return say(lang, {
    zh: `${name}总线 ${target.busName}, 从站 ${unit}, ${table} ${address}..${last} (报文地址 ${address}, 说明书编号 ${manual}), ${count} 个, ${tookMs.toFixed(1)} ms 后应答`,
    en: `${name}bus ${target.busName}, unit ${unit}, ${table} ${address}..${last} (address on the wire ${address}, in manuals ${manual}), ${count} asked, answered after ${tookMs.toFixed(1)} ms`,
  });
}

function wordsText(answer: RegisterAnswer, lang: Lang): string {
  const { span, payload } = answer;
  if (span.table === "coil" || span.table === "discrete") {
    const bits = bitForms(payload, span.count);
    return columns([
      ["", "0/1"],
      ...bits.map((bit, i) => [String(span.address + i), String(bit)]),
    ]).join("\n");
  }
  const singles = singleForms(payload, span.address);
  const heads = say(lang, {
    zh: "寄存器 十六进制 uint16 int16 字节交换 bcd16 二进制",
    en: "register hex uint16 int16 swapped bcd16 bits",
  }).split(" ");
  const rows = singles.map(({ address, word, int16, swapped, bcd16 }) => [
    String(address),
    `0x${hex(word)}`,
    ...[word, int16, swapped].map(String),
    bcd16 === null ? "—" : String(bcd16),
    word.toString(2).padStart(16, "0"),
  ]);
  const at = valueAt(answer);
  const wide = wideForms(payload, at);
  const singly = columns([heads, ...rows]).join("\n");
  if (wide.length === 0) return singly;
  const first = span.address + at;
  const from = say(lang, { zh: `从 ${first} 起`, en: `from ${first}` });
  const forms = wide.map(({ type, values }) => [
    type,
    ...values.map((value) => (value === null ? "—" : shown(value))),
  ]);
  return `${singly}\n\n${columns([[from, ...byteOrders], ...forms]).join("\n")}`;
}

function valueText(answer: RegisterAnswer, lang: Lang): string {
  if (answer.reading === null) return "";
  return say(lang, {
    zh: `测量值  ${readingText(answer, lang)}`,
    en: `value  ${readingText(answer, lang)}`,
  });
}

/** A point's value need not be the first register asked: its status word may come before it. */
function valueAt({ span, reading }: RegisterAnswer): number {
  const wire = reading === null ? null : wireAddress(reading.point.register);
  return wire === null ? 0 : wire.address - span.address;
}

function hexWords(payload: Uint8Array): string[] {
  return singleForms(payload, 0).map(({ word }) => `0x${hex(word)}`);
}

function hex(word: number): string {
  return word.toString(16).padStart(4, "0");
}

/** Integers whole, others with the seven digits that a float32 has. */
function shown(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : String(Number(value.toPrecision(7)));
}
