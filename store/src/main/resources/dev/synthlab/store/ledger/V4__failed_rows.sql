ALTER TABLE ledger_run ADD COLUMN failed_by_code TEXT;
