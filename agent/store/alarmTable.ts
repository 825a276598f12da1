/** The alarms that are not normal, so that a restart neither forgets nor repeats one. */

import { crc32 } from "node:zlib";
import type { Database } from "better-sqlite3";
import type { AlarmType, Priority } from "../../config/words/alarms.ts";
import { monotonicMs, wallMs } from "../../config/words/time.ts";
import type { AlarmDetail, AlarmEvent, StandingAlarm } from "../alarmRecords.ts";
import { lazily } from "./lazily.ts";

export interface AlarmTable {
  /** Within the transaction that stores the event's record. */
  apply(event: AlarmEvent): void;
  /** Also the rows whose checksum does not fit: an alarm rather twice than not at all. */
  standing(): readonly StandingAlarm[];
  /** Only the rows whose checksum fits, and whether those are all. */
  sound(): { readonly alarms: readonly StandingAlarm[]; readonly isAll: boolean };
  /** Takes over an alarm that stands, within a transaction. */
  restore(alarm: StandingAlarm): void;
}

interface Row {
  readonly source: string;
  readonly type: AlarmType;
  readonly alarm_id: string;
  readonly priority: Priority;
  readonly since_wall: number;
  readonly since_monotonic: number;
  /** Undefined in a file of format 1. */
  readonly crc: number | null | undefined;
  /** JSON. Null: from before it was kept; undefined in a file of format 1 or 2. */
  readonly detail: string | null | undefined;
}

export function openAlarmTable(db: Database): AlarmTable {
  // What names newer columns is prepared when first used: a file of an older format is only read.
  // The start of an occurrence stays when a later event of it changes the priority.
  const put = lazily(() =>
    db.prepare<[string, string, string, number, number, number, string | null]>(
      `INSERT INTO standing
         (source, type, alarm_id, priority, since_wall, since_monotonic, detail)
       VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (source, type) DO UPDATE SET priority = excluded.priority,
         detail = excluded.detail,
         since_wall = iif(alarm_id = excluded.alarm_id, since_wall, excluded.since_wall),
         since_monotonic =
           iif(alarm_id = excluded.alarm_id, since_monotonic, excluded.since_monotonic),
         alarm_id = excluded.alarm_id`,
    ),
  );
  const remove = db.prepare<[string, string]>("DELETE FROM standing WHERE source = ? AND type = ?");
  const one = db.prepare<[string, string], Row>(
    "SELECT * FROM standing WHERE source = ? AND type = ?",
  );
  const check = lazily(() =>
    db.prepare<[number, string, string]>(
      "UPDATE standing SET crc = ? WHERE source = ? AND type = ?",
    ),
  );
  const all = db.prepare<[], Row>("SELECT * FROM standing ORDER BY since_wall, source, type");
  const seal = (source: string, type: string): void => {
    const row = one.get(source, type);
    if (row !== undefined) check().run(standingCrc(row), source, type);
  };
  const restore = (alarm: StandingAlarm): void => {
    const { source, type, alarmId, priority, since, detail } = alarm;
    const kept = detail === undefined ? null : JSON.stringify(detail);
    put().run(source, type, alarmId, priority, since.wallMs, since.monotonicMs, kept);
    seal(source, type);
  };
  return {
    apply(event) {
      const { source, type, stateAfter, at, standing } = event;
      if (stateAfter === "normal") remove.run(source, type);
      else restore(standing ?? { ...event, since: at });
    },
    standing: () => all.all().map((row) => alarmOf(row, isSound(row))),
    sound() {
      const rows = all.all();
      const sound = rows.filter(isSound);
      return {
        alarms: sound.map((row) => alarmOf(row, true)),
        isAll: sound.length === rows.length,
      };
    },
    restore,
  };
}

function isSound(row: Row): boolean {
  return (row.crc ?? standingCrc(row)) === standingCrc(row);
}

/** Without a fitting checksum nobody can say that it was acknowledged or held back: its detail is left out. */
function alarmOf(row: Row, isWhole: boolean): StandingAlarm {
  const detail = isWhole ? (row.detail ?? null) : null;
  return {
    alarmId: row.alarm_id,
    source: row.source,
    type: row.type,
    priority: row.priority,
    since: { wallMs: wallMs(row.since_wall), monotonicMs: monotonicMs(row.since_monotonic) },
    ...(detail === null ? {} : { detail: JSON.parse(detail) as AlarmDetail }),
  };
}

/** The detail is covered where there is one, so that a row of format 2 keeps its checksum. */
function standingCrc(row: Omit<Row, "crc">): number {
  const { source, type, alarm_id, priority, since_wall, since_monotonic, detail } = row;
  const columns = [source, type, alarm_id, priority, since_wall, since_monotonic];
  return crc32(JSON.stringify(detail == null ? columns : [...columns, detail]));
}
