/** What the box cannot judge now, and for want of which value: silence of these alarms is no good news. */

import type { VNode } from "preact";
import type { SystemView } from "../../protocol/system.ts";
import { t } from "../lang.ts";
import { Standing } from "../parts/fact.tsx";
import { Table } from "../parts/table.tsx";
import { systemWords } from "../words/system.ts";

interface SystemUnjudgedProps {
  readonly unjudged: SystemView["unjudged"];
}

export function SystemUnjudged({ unjudged }: SystemUnjudgedProps): VNode {
  return (
    <section class="panel system-part system-wide">
      <h2>{t(systemWords.unjudged)}</h2>
      {unjudged.length === 0 ? (
        <p>{t(systemWords.allJudged)}</p>
      ) : (
        <>
          <p>
            <Standing state="caution">{t(systemWords.unjudgedHint)}</Standing>
          </p>
          <Table label={t(systemWords.unjudged)}>
            <thead>
              <tr>
                <th>{t(systemWords.judge)}</th>
                <th>{t(systemWords.missingInputs)}</th>
              </tr>
            </thead>
            <tbody>
              {unjudged.map(({ source, name, inputs }) => (
                <tr key={source}>
                  <td>
                    <b>{source}</b> {name}
                  </td>
                  <td>{inputs.join(", ")}</td>
                </tr>
              ))}
            </tbody>
          </Table>
        </>
      )}
    </section>
  );
}
