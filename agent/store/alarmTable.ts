/** The alarms that are not normal, so that a restart neither forgets nor repeats one. */

import type { Database } from "better-sqlite3";
import { monotonicMs, wallMs } from "../../config/words/time.ts";
import type { AlarmEvent, AlarmType, Priority, StandingAlarm } from "../records.ts";

export interface AlarmTable {
  /** Within the transaction that stores the event's record. */
  apply(event: AlarmEvent): void;
  standing(): readonly StandingAlarm[];
}

interface Row {
  readonly source: string;
  readonly type: AlarmType;
  readonly alarm_id: string;
  readonly priority: Priority;
  readonly since_wall: number;
  readonly since_monotonic: number;
}

export function openAlarmTable(db: Database): AlarmTable {
  // The start of an occurrence stays when a later event of it changes the priority.
  const put = db.prepare<[string, string, string, number, number, number]>(
    `INSERT INTO standing (source, type, alarm_id, priority, since_wall, since_monotonic)
     VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (source, type) DO UPDATE SET priority = excluded.priority,
       since_wall = iif(alarm_id = excluded.alarm_id, since_wall, excluded.since_wall),
       since_monotonic =
         iif(alarm_id = excluded.alarm_id, since_monotonic, excluded.since_monotonic),
       alarm_id = excluded.alarm_id`,
  );
  const remove = db.prepare<[string, string]>("DELETE FROM standing WHERE source = ? AND type = ?");
  const all = db.prepare<[], Row>("SELECT * FROM standing ORDER BY since_wall, source, type");
  return {
    apply({ source, type, alarmId, priority, at, stateAfter }) {
      if (stateAfter === "normal") remove.run(source, type);
      else put.run(source, type, alarmId, priority, at.wallMs, at.monotonicMs);
    },
    standing: () =>
      all.all().map((row) => ({
        alarmId: row.alarm_id,
        source: row.source,
        type: row.type,
        priority: row.priority,
        since: { wallMs: wallMs(row.since_wall), monotonicMs: monotonicMs(row.since_monotonic) },
      })),
  };
}
