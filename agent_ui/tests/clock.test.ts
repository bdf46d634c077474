import { expect, test } from "vitest";
import { Clock } from "../src/clock";

test("timers follow the server's clock, whatever the machine's says", () => {
  const clock = new Clock();
  clock.observe(5_000_000, 1_000_000, 1_000_100);
  expect(clock.now.value).toBe(5_000_050);
  clock.tick(1_001_100);
  expect(clock.now.value).toBe(5_001_050);
});

test("the quickest round trip is the best witness, for a minute", () => {
  const clock = new Clock();
  clock.observe(5_000_000, 1_000_000, 1_000_020);
  clock.observe(5_009_000, 1_003_000, 1_005_000);
  clock.tick(1_003_010);
  expect(clock.now.value).toBe(5_003_000);
  clock.observe(5_070_500, 1_070_000, 1_071_000);
  clock.tick(1_070_500);
  expect(clock.now.value).toBe(5_070_500);
});
