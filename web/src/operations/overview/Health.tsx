/** Whether every part that the service stands on answers. */
import type { Overview } from "@/api/operations-types";
import { operations } from "@/text/operations";
import { Icon } from "@/ui/Icon";

const words = operations.overview;

export function Health({ overview: { parts } }: { overview: Overview }) {
  const wrong = parts.filter(({ problem }) => problem !== null).length;
  return (
    <section className={`health wide ${wrong > 0 ? "bad" : "good"}`} aria-label={words.health}>
      <h2>
        <Icon name={wrong > 0 ? "warning" : "check"} />
        {wrong > 0 ? words.trouble(wrong) : words.allWell}
      </h2>
      <ul>
        {parts.map(({ name, problem }) => (
          <li key={name} className={problem === null ? "" : "bad"}>
            <Icon name={problem === null ? "check" : "warning"} size={16} />
            <span>{operations.parts[name] ?? name}</span>
            {problem === null ? <span className="visually-hidden">{words.answers}</span> : <span className="health-problem">{problem}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
