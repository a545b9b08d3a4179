CREATE TABLE kept_answer (
  request VARCHAR(64) PRIMARY KEY,
  created BIGINT NOT NULL,
  used BIGINT NOT NULL,
  hits BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  cost_pico_usd BIGINT,
  model VARCHAR(400) NOT NULL,
  answer TEXT NOT NULL
);

CREATE INDEX kept_answer_used ON kept_answer (used, bytes);

CREATE INDEX kept_answer_created ON kept_answer (created);
