import { Dial } from "../calls/dial";
import { useDesk } from "../desk/context";
import { t } from "../i18n";
import type { Caller } from "../messages.gen";
import { MatchChip, TierBadge } from "../ui/badges";

/** Several customers share the number: nobody is taken for granted. */
export function Candidates({ caller }: { caller: Caller }) {
  const desk = useDesk();
  return (
    <div class="candidates" data-testid="candidates">
      <h2>{t("candidates.title")}</h2>
      <p class="who-number">
        <span data-testid="caller-number">
          <Dial number={caller.number} display={caller.display} class="caller" />
        </span>
        <MatchChip match="several" />
      </p>
      <ul>
        {caller.candidates.map((candidate) => (
          <li key={candidate.party_id}>
            <button
              type="button"
              class="candidate"
              data-testid="candidate"
              onClick={() => void desk.chooseCustomer(candidate.party_id)}
            >
              <span class="with-tier">
                <b>{candidate.name}</b>
                {candidate.tier && <TierBadge tier={candidate.tier} />}
              </span>
              <span class="candidate-company">{candidate.company}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
