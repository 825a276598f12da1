/** One tank: its level large, every point with its limits, its alarms, and its trends one click away. */

import "./tank.css";
import type { VNode } from "preact";
import type { AlarmAct } from "../../protocol/alarms.ts";
import type { TankView } from "../../protocol/site.ts";
import { inOrder, isHeldBack } from "../alarmOrder.ts";
import { t } from "../lang.ts";
import { listedAlarms, site } from "../live.ts";
import { LevelBar } from "../parts/levelBar.tsx";
import { pointNow } from "../parts/pointNow.ts";
import { alarmsOf, levelOf, pointsOf } from "../plantView.ts";
import { hrefOf, route } from "../router.ts";
import { overviewWords, tankWords } from "../words/overview.ts";
import { AlarmTable } from "./alarmTable.tsx";
import { TankPoints } from "./tankPoints.tsx";
import { TankTrend } from "./tankTrend.tsx";
import { TransferPanel } from "./transferPanel.tsx";

const acts: readonly AlarmAct[] = ["ack", "handle", "shelve", "out-of-service", "reset"];

export function Tank(): VNode {
  const plant = site.value;
  const tank = plant?.tanks.find((one) => one.id === route.value.id);
  if (plant === null || tank === undefined) {
    return (
      <div class="view">
        <h1>{t(tankWords.unknown)}</h1>
        <p>
          <a class="button" href={hrefOf("overview")}>
            {t(tankWords.back)}
          </a>
        </p>
      </div>
    );
  }
  const points = pointsOf(tank, plant);
  const level = levelOf(points);
  const own = alarmsOf(tank.id, points, listedAlarms.value.values());
  return (
    <div class="view tank">
      <TankHead tank={tank} firstTag={points[0]?.point.tag} />
      <div class="tank-body">
        {level !== null && (
          <figure class="panel tank-bar">
            <LevelBar point={level.point} now={pointNow(level.at)} />
          </figure>
        )}
        <TankPoints points={points} alarms={own} />
      </div>
      <section class="alarm-list" aria-labelledby="tank-alarms">
        <h2 id="tank-alarms">{t(overviewWords.alarms)}</h2>
        <AlarmTable
          label={t(overviewWords.alarms)}
          all={inOrder(own.filter((one) => !isHeldBack(one)))}
          acts={acts}
        />
      </section>
      <TransferPanel tank={tank.id} />
      {points.length > 0 && <TankTrend points={points.map(({ point }) => point)} />}
    </div>
  );
}

interface TankHeadProps {
  readonly tank: TankView;
  readonly firstTag: string | undefined;
}

function TankHead({ tank, firstTag }: TankHeadProps): VNode {
  const facts = [
    [tankWords.medium, tank.medium],
    [tankWords.cas, tank.cas],
    [tankWords.capacity, tank.capacityM3 === null ? null : `${tank.capacityM3} m³`],
    [tankWords.hazard, tank.hazard],
  ] as const;
  return (
    <div class="tank-head">
      <h1>{tank.name}</h1>
      <dl>
        {facts.map(([word, fact]) =>
          fact === null ? null : (
            <div key={word.en}>
              <dt>{t(word)}</dt>
              <dd>{fact}</dd>
            </div>
          ),
        )}
      </dl>
      <a
        class="button"
        href={firstTag === undefined ? hrefOf("trends") : hrefOf("trends", firstTag)}
      >
        {t(tankWords.openTrend)}
      </a>
    </div>
  );
}
