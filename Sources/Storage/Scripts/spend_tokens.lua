#!lua flags=allow-oom
-- Counts what a model call has cost, for the day's budget and by agent.
--
-- KEYS[1]  counters  HASH; the day's own hash, 40 days, is derived
-- ARGV     now, age, input {agent, input, output, micro_usd} (prelude)
-- Returns  tokens spent on this UTC day
local day = prefix .. 'day:' .. iso(now):sub(1, 10)
local spent = add(day, 'tokens', input.input + input.output)
add(day, 'cost_micro_usd', input.micro_usd)
add(day, 'tokens:' .. input.agent, input.input + input.output)
add(day, 'cost_micro_usd:' .. input.agent, input.micro_usd)
add(day, 'calls', 1)
redis.call('PEXPIRE', day, whole(40 * day_ms))
local function total(name, by) add(prefix .. 'counters', name, by) end
total('claude_model_tokens_total{direction="input"}', input.input)
total('claude_model_tokens_total{direction="output"}', input.output)
total('claude_model_calls_total', 1)
total('claude_model_cost_micro_usd_total', input.micro_usd)
return spent
