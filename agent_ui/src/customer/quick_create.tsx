import { useSignal } from "@preact/signals";
import { ApiError } from "../api";
import { Dial } from "../calls/dial";
import { useDesk } from "../desk/context";
import { inWords } from "../desk/notices";
import { t } from "../i18n";
import type { Caller } from "../messages.gen";
import { MatchChip } from "../ui/badges";

const FIELDS = ["name", "company", "number"] as const;

/** A number nobody has: two fields make a customer of it, the number is filled in. */
export function QuickCreate({ caller, dialled }: { caller: Caller; dialled: boolean }) {
  const desk = useDesk();
  const name = useSignal(caller.name);
  const company = useSignal("");
  const number = useSignal(caller.display || caller.number);
  const errors = useSignal<Record<string, string>>({});
  const busy = useSignal(false);

  const create = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    errors.value = {};
    try {
      const body = { name: name.value, number: number.value, company: company.value };
      const { id } = await desk.api.createCustomer(body);
      await desk.chooseCustomer(id);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const wrong = FIELDS.filter((key) => key in error.fields);
      errors.value = Object.fromEntries(wrong.map((key) => [key, t(`create.wrong_${key}`)]));
      if (wrong.length === 0) errors.value = { name: inWords(error) };
    } finally {
      busy.value = false;
    }
  };
  const field = (key: (typeof FIELDS)[number], value: typeof name) => (
    <label class="field">
      {t(`create.${key}`)}
      <input
        value={value}
        required={key !== "company"}
        aria-invalid={key in errors.value}
        data-testid={`create-${key}`}
        onInput={(event) => {
          value.value = event.currentTarget.value;
        }}
      />
      <small class="field-error">{errors.value[key] ?? ""}</small>
    </label>
  );
  return (
    <form class="create" onSubmit={create} data-testid="quick-create">
      <h2 data-testid="customer-name">
        {caller.name || t(dialled ? "caller.unknown_number" : "caller.unknown")}
      </h2>
      <p class="who-number">
        <span data-testid="caller-number">
          <Dial number={caller.number} display={caller.display} class="caller" />
        </span>
        <MatchChip match="unknown" />
      </p>
      <h3>{t("create.title")}</h3>
      {field("name", name)}
      {field("company", company)}
      {field("number", number)}
      <button type="submit" class="button primary" disabled={busy} data-testid="create-submit">
        {t("create.submit")}
      </button>
    </form>
  );
}
