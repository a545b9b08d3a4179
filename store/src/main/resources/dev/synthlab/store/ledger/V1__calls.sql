CREATE TABLE ledger_call (
  id VARCHAR(36) PRIMARY KEY,
  started BIGINT NOT NULL,
  day VARCHAR(10) NOT NULL,
  model VARCHAR(400) NOT NULL,
  provider VARCHAR(400) NOT NULL,
  key_alias VARCHAR(400) NOT NULL,
  error VARCHAR(40),
  status INTEGER,
  request_id VARCHAR(400),
  trace_id VARCHAR(32),
  attempts INTEGER NOT NULL,
  total_ms BIGINT NOT NULL,
  held_ms BIGINT NOT NULL,
  input_tokens BIGINT NOT NULL,
  output_tokens BIGINT NOT NULL,
  cached_tokens BIGINT NOT NULL,
  reasoning_tokens BIGINT NOT NULL,
  cost_pico_usd BIGINT
);

CREATE INDEX ledger_call_started ON ledger_call (started);

CREATE TABLE ledger_attempt (
  call_id VARCHAR(36) NOT NULL REFERENCES ledger_call (id),
  number INTEGER NOT NULL,
  started BIGINT NOT NULL,
  model VARCHAR(400) NOT NULL,
  error VARCHAR(40),
  status INTEGER,
  took_ms BIGINT NOT NULL,
  pause_ms BIGINT NOT NULL,
  PRIMARY KEY (call_id, number)
);
