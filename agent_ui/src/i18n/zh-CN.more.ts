import type { MoreTexts } from ".";
import { zhCNAdmin } from "./zh-CN.admin";
import { zhCNErrors } from "./zh-CN.errors";
import { zhCNPhoneMore } from "./zh-CN.phone_more";
import { zhCNProblems } from "./zh-CN.problems";
import { zhCNShellMore } from "./zh-CN.shell_more";
import { zhCNWorkMore } from "./zh-CN.work_more";

export const zhCNMore: MoreTexts = {
  ...zhCNAdmin,
  ...zhCNErrors,
  ...zhCNPhoneMore,
  ...zhCNProblems,
  ...zhCNShellMore,
  ...zhCNWorkMore,
};
