ALTER TABLE ledger_call ADD COLUMN verb VARCHAR(40) NOT NULL DEFAULT 'chat';
ALTER TABLE ledger_call ADD COLUMN operation VARCHAR(400);
ALTER TABLE ledger_call ADD COLUMN component VARCHAR(400) NOT NULL DEFAULT '';
ALTER TABLE ledger_call ADD COLUMN tags VARCHAR(4000);
ALTER TABLE ledger_call ADD COLUMN run_id VARCHAR(400);
ALTER TABLE ledger_call ADD COLUMN custom_id VARCHAR(400);
ALTER TABLE ledger_call ADD COLUMN repair INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ledger_call ADD COLUMN cached INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ledger_call ADD COLUMN model_answered VARCHAR(400);
ALTER TABLE ledger_call ADD COLUMN prices VARCHAR(400);
ALTER TABLE ledger_call ADD COLUMN paused_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ledger_call ADD COLUMN first_text_ms BIGINT;
ALTER TABLE ledger_call ADD COLUMN prompt TEXT;
ALTER TABLE ledger_call ADD COLUMN answer TEXT;

CREATE INDEX ledger_call_run ON ledger_call (run_id, started);

CREATE TABLE ledger_run (
  id VARCHAR(400) PRIMARY KEY,
  began BIGINT NOT NULL,
  resumed BIGINT NOT NULL,
  ended BIGINT,
  input VARCHAR(4000) NOT NULL,
  output VARCHAR(4000) NOT NULL,
  model VARCHAR(400) NOT NULL,
  host VARCHAR(400) NOT NULL,
  process BIGINT NOT NULL,
  state VARCHAR(40) NOT NULL,
  total BIGINT NOT NULL,
  answered BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  settled_bytes BIGINT
);
