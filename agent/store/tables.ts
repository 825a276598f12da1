/** All tables of an open journal, each with its statements prepared once. */

import type { Database } from "better-sqlite3";
import { type AccountTable, openAccountTable } from "./accountTable.ts";
import { type AlarmTable, openAlarmTable } from "./alarmTable.ts";
import { type GoneTable, openGoneTable } from "./goneTable.ts";
import { type LifeTable, openLifeTable } from "./lifeRow.ts";
import { type OpenGapTable, openOpenGapTable } from "./openGapTable.ts";
import { type OpenRows, openOpenRows } from "./openRows.ts";
import { openPointTable, type PointTable } from "./pointTable.ts";
import { openRecordTable, type RecordTable } from "./recordTable.ts";
import { openResendTable, type ResendTable } from "./resendTable.ts";
import { openStopTable, type StopTable } from "./stopTable.ts";

export interface Tables {
  readonly db: Database;
  readonly life: LifeTable;
  readonly account: AccountTable;
  readonly points: PointTable;
  readonly openRows: OpenRows;
  readonly records: RecordTable;
  readonly resend: ResendTable;
  readonly gone: GoneTable;
  readonly alarms: AlarmTable;
  readonly openGap: OpenGapTable;
  readonly stop: StopTable;
}

export function openTables(db: Database): Tables {
  return {
    db,
    life: openLifeTable(db),
    account: openAccountTable(db),
    points: openPointTable(db),
    openRows: openOpenRows(db),
    records: openRecordTable(db),
    resend: openResendTable(db),
    gone: openGoneTable(db),
    alarms: openAlarmTable(db),
    openGap: openOpenGapTable(db),
    stop: openStopTable(db),
  };
}
