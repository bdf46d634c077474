import { enAdmin } from "./en.admin";
import { enErrors } from "./en.errors";
import { enPhoneMore } from "./en.phone_more";
import { enProblems } from "./en.problems";
import { enShellMore } from "./en.shell_more";
import { enWorkMore } from "./en.work_more";

/**
 * English of what is opened on demand: settings, help, dialogs. It is fetched with the first of
 * them (`ui/lazy.tsx`), so that it does not weigh on the first page.
 */
export const enMore = {
  ...enAdmin,
  ...enErrors,
  ...enPhoneMore,
  ...enProblems,
  ...enShellMore,
  ...enWorkMore,
} as const;
