/** The newest unacknowledged alarm of the highest priority, large, with its button: the one place that speaks up. */

import type { VNode } from "preact";
import type { AlarmView } from "../../protocol/alarms.ts";
import { ask, pending } from "../acts.ts";
import { isUnacked, loudest } from "../alarmOrder.ts";
import { t } from "../lang.ts";
import { alarms } from "../live.ts";
import { Age } from "../parts/age.tsx";
import { AlarmText } from "../parts/alarmText.tsx";
import { Button } from "../parts/button.tsx";
import { LevelMark } from "../parts/levelMark.tsx";
import { hrefOf } from "../router.ts";
import { mayAct } from "../session.ts";
import { typeWords } from "../words/alarm.ts";
import { headerWords } from "../words/header.ts";

export function AlarmStrip(): VNode {
  const all = alarms.value;
  const first = loudest(all.values());
  const others = [...all.values()].filter(isUnacked).length - 1;
  return (
    <div class="strip-slot">
      {/* Says what is new, once; ages and figures inside change without being read out again. */}
      <p class="hidden-text" role="alert">
        {first === null
          ? ""
          : `${t(typeWords[first.type].name)} ${first.source} ${first.name ?? ""}`}
      </p>
      {first === null ? (
        <p class="strip calm">{t(headerWords.calm)}</p>
      ) : (
        <Block alarm={first} others={others} />
      )}
    </div>
  );
}

function Block({ alarm, others }: { readonly alarm: AlarmView; readonly others: number }): VNode {
  const isPending = pending.value.has(alarm.key);
  return (
    <section
      class={`strip level-${alarm.priority} ${alarm.isActive ? "" : "over"}`}
      aria-label={t(headerWords.strip)}
    >
      <LevelMark priority={alarm.priority} />
      <span class="strip-type">{t(typeWords[alarm.type].name)}</span>
      <span class="strip-source">
        <b>{alarm.source}</b> {alarm.name}
      </span>
      <span class="strip-text">
        <AlarmText alarm={alarm} />
      </span>
      <span class="strip-age">
        {alarm.isActive ? t(headerWords.since) : t(headerWords.returned)}{" "}
        <Age sinceMs={alarm.isActive ? alarm.raisedMs : (alarm.returnedMs ?? alarm.raisedMs)} />
      </span>
      {others > 0 && (
        <a class="strip-more" href={hrefOf("alarms")}>
          {t(headerWords.more(others))}
        </a>
      )}
      <Button
        class="strip-ack"
        isDisabled={!mayAct.value || isPending}
        onPress={() => ask("ack", [alarm.key])}
        {...(mayAct.value ? {} : { title: t(headerWords.readOnly) })}
      >
        {isPending ? t(headerWords.pending) : t(headerWords.ack)}
      </Button>
    </section>
  );
}
