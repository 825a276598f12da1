/** Which alarms a suppression names: "TYPE SOURCE", * for any characters. Pure. */

import type { AlarmHead } from "../../alarmRecords.ts";

const special = /[\\^$.+?()[\]{}|/]/g;

/** Whether one of a rule's patterns names the alarm. */
export function fits(
  patterns: readonly string[],
  { type, source }: Pick<AlarmHead, "type" | "source">,
): boolean {
  return patterns.some((pattern) => {
    const parts = pattern.split("*").map((part) => part.replaceAll(special, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`, "su").test(`${type} ${source}`);
  });
}
