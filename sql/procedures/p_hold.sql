-- Sets money aside for a call, durable when it answers. Asked again for the same
-- call it answers with the hold that is there and changes nothing.
--
-- The hold is written first, so that the row of the balance, which all calls of
-- the account want, is locked for the shortest time. The UPDATE itself checks
-- that there is enough: that also holds between the nodes of a Galera cluster,
-- where locks do not.
--
-- Answer: outcome (granted, no_money, daily_limit, no_balance, gone), amount and
-- paid_s of the hold, room: the most that could have been set aside.
CREATE OR REPLACE PROCEDURE p_hold(
  IN p_call_id     VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin,
  IN p_account_id  INT, -- NULL: nobody pays
  IN p_amount      DECIMAL(19,6),
  IN p_currency_id INT,
  IN p_paid_s      INT,
  IN p_limited     TINYINT,
  IN p_terms       MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci,
  IN p_server      VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci,
  IN p_node        VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci,
  IN p_began_at    DATETIME(3),
  IN p_credit      DECIMAL(19,6), -- NULL: no limit
  IN p_daily       DECIMAL(19,6), -- NULL: no limit
  IN p_day         DATE
)
MODIFIES SQL DATA
SQL SECURITY INVOKER
p_hold: BEGIN
  DECLARE v_there BOOLEAN DEFAULT FALSE;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  -- Nowhere is it later than that. A node whose clock is ahead would ask for a day
  -- on which nothing is spent yet.
  SET p_day = LEAST(p_day, DATE(UTC_TIMESTAMP() + INTERVAL 14 HOUR));

  -- A node that slept while another one carried the call is too late. A call
  -- that has just begun need not be looked for.
  IF p_began_at < UTC_TIMESTAMP(3) - INTERVAL 1 SECOND THEN
    IF EXISTS (SELECT 1 FROM calls WHERE call_id = p_call_id AND ended_at IS NOT NULL
      AND month = IF(p_call_id RLIKE '(^|-)[0-9]{10}[.][0-9]+\\z', EXTRACT(YEAR_MONTH FROM '1970-01-01' + INTERVAL SUBSTRING_INDEX(SUBSTRING_INDEX(p_call_id, '-', -1), '.', 1) SECOND), 0) -- the partition of the call, see months.go
    ) THEN
      SELECT 'gone', 0.0, 0, 0.0;
      LEAVE p_hold;
    END IF;
  END IF;

  START TRANSACTION;
  BEGIN
    DECLARE CONTINUE HANDLER FOR 1062 SET v_there = TRUE;
    INSERT INTO holds (call_id, account_id, amount, currency_id, paid_s, limited, terms, server, node, began_at)
    VALUES (p_call_id, p_account_id, p_amount, p_currency_id, p_paid_s, p_limited, p_terms, p_server, p_node, p_began_at);
  END;
  IF v_there THEN
    ROLLBACK;
    SELECT 'granted', amount, paid_s, 0.0 FROM holds WHERE call_id = p_call_id;
    LEAVE p_hold;
  END IF;

  IF p_account_id IS NOT NULL THEN
    UPDATE balances SET held = held + p_amount, calls = calls + 1
    WHERE account_id = p_account_id AND currency_id = p_currency_id
      AND (p_credit IS NULL OR balance + p_credit - held >= p_amount)
      AND (p_daily IS NULL OR IF(spent_on >= p_day, spent, 0) + held + p_amount <= p_daily);
    IF ROW_COUNT() = 0 THEN
      BEGIN
        DECLARE v_credit, v_daily DECIMAL(19,6) DEFAULT NULL;
        DECLARE v_found BOOLEAN DEFAULT FALSE;
        -- The row is locked by the UPDATE: this is what it saw.
        SELECT TRUE, balance + p_credit - held, p_daily - IF(spent_on >= p_day, spent, 0) - held INTO v_found, v_credit, v_daily
        FROM balances WHERE account_id = p_account_id AND currency_id = p_currency_id FOR UPDATE;
        ROLLBACK;
        SELECT IF(NOT v_found, 'no_balance', IF(COALESCE(v_credit, p_amount) >= p_amount, 'daily_limit', 'no_money')), 0.0, 0,
          IF(v_found, GREATEST(0, LEAST(COALESCE(v_credit, v_daily), COALESCE(v_daily, v_credit))), 0);
      END;
      LEAVE p_hold;
    END IF;
  END IF;
  COMMIT;
  SELECT 'granted', p_amount, p_paid_s, 0.0;
END
