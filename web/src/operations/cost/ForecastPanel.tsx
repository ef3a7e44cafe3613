/** Where storage and its cost are going. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { keys } from "@/api/keys";
import { getCost, getGrowth } from "@/api/operations";
import type { Cost, GrowthPoint } from "@/api/operations-types";
import { Chart } from "@/operations/charts/Chart";
import { timeline } from "@/operations/charts/series";
import { formatBytesChange, formatDay, formatMoney } from "@/operations/format";
import { storeName } from "@/operations/names";
import { Bones, Failed, Panel } from "@/operations/Panel";
import { operations } from "@/text/operations";
import { formatBytes } from "@/ui/format";

const words = operations.cost;
const DAYS = 365;

export function ForecastPanel() {
  const cost = useQuery({ queryKey: keys.forecast, queryFn: ({ signal }) => getCost("kind", { forecast: true }, signal) });
  const growth = useQuery({ queryKey: keys.growth("store", DAYS), queryFn: ({ signal }) => getGrowth("store", DAYS, signal) });
  const error = cost.error ?? growth.error;
  const forecast = cost.data?.forecast;

  return (
    <Panel title={words.forecast} className="wide" {...(forecast ? { hint: words.forecastHint(forecast.days, formatBytesChange(forecast.bytes_a_day)) } : {})}>
      {error ? (
        <Failed error={error} retry={() => void Promise.all([cost.refetch(), growth.refetch()])} />
      ) : !cost.data || !growth.data ? (
        <Bones height={320} />
      ) : forecast ? (
        <Outlook forecast={forecast} currency={cost.data.currency} items={growth.data.items} />
      ) : (
        <p className="muted">{cost.data.notes.at(-1)}</p>
      )}
    </Panel>
  );
}

function Outlook({ forecast, currency, items }: { forecast: NonNullable<Cost["forecast"]>; currency: string; items: readonly GrowthPoint[] }) {
  const line = useMemo(() => timeline(items), [items]);
  const outlook = useMemo(
    () => ({
      days: forecast.bytes.map(({ day }) => day),
      value: forecast.bytes.map(({ value }) => value),
      low: forecast.bytes.map(({ low }) => low),
      high: forecast.bytes.map(({ high }) => high),
    }),
    [forecast],
  );
  return (
    <>
      <Chart label={words.forecastChart} line={line} outlook={outlook} format={formatBytes} nameOf={storeName} />
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{words.onDay}</th>
            <th scope="col" className="number">{words.expectedBytes}</th>
            <th scope="col" className="number">{words.expectedCost}</th>
            <th scope="col" className="number not-narrow">{words.between}</th>
          </tr>
        </thead>
        <tbody>
          {forecast.cost.map(({ day, value, low, high }, index) => (
            <tr key={day}>
              <th scope="row">{formatDay(day, true)}</th>
              <td className="number">{formatBytes(forecast.bytes[index]?.value ?? 0)}</td>
              <td className="number">{formatMoney(value, currency)}</td>
              <td className="number not-narrow">{`${formatMoney(low, currency)} – ${formatMoney(high, currency)}`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
