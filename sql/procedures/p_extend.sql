-- Makes the hold of a call in progress pay for more talk, durable when it
-- answers. It does so only from the paid talk that the caller knows, so of two
-- that ask at once one gets it and the other is told; asked again it answers
-- with what is there and changes nothing.
--
-- Answer: as of p_hold; room is what could have been added to the hold.
CREATE OR REPLACE PROCEDURE p_extend(
  IN p_call_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin,
  IN p_from_s  INT,
  IN p_to_s    INT,
  IN p_amount  DECIMAL(19,6), -- of the hold, for all of p_to_s
  IN p_credit  DECIMAL(19,6), -- NULL: no limit
  IN p_daily   DECIMAL(19,6), -- NULL: no limit
  IN p_day     DATE
)
MODIFIES SQL DATA
SQL SECURITY INVOKER
p_extend: BEGIN
  DECLARE v_account, v_paid INT DEFAULT NULL;
  DECLARE v_amount, v_more, v_credit, v_daily DECIMAL(19,6) DEFAULT NULL;
  DECLARE v_found BOOLEAN DEFAULT FALSE;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  -- Nowhere is it later than that. A node whose clock is ahead would ask for a day
  -- on which nothing is spent yet.
  SET p_day = LEAST(p_day, DATE(UTC_TIMESTAMP() + INTERVAL 14 HOUR));

  START TRANSACTION;
  SELECT account_id, amount, paid_s INTO v_account, v_amount, v_paid FROM holds WHERE call_id = p_call_id FOR UPDATE;
  IF v_paid IS NULL OR v_paid >= p_to_s OR v_paid <> p_from_s THEN
    ROLLBACK;
    SELECT IF(v_paid >= p_to_s, 'granted', 'gone'), COALESCE(v_amount, 0), COALESCE(v_paid, 0), 0.0;
    LEAVE p_extend;
  END IF;

  SET v_more = GREATEST(p_amount - v_amount, 0);
  UPDATE holds SET amount = v_amount + v_more, paid_s = p_to_s WHERE call_id = p_call_id AND paid_s = p_from_s;
  IF v_account IS NOT NULL AND v_more > 0 THEN
    UPDATE balances SET held = held + v_more
    WHERE account_id = v_account
      AND (p_credit IS NULL OR balance + p_credit - held >= v_more)
      AND (p_daily IS NULL OR IF(spent_on >= p_day, spent, 0) + held + v_more <= p_daily);
    IF ROW_COUNT() = 0 THEN
      SELECT TRUE, balance + p_credit - held, p_daily - IF(spent_on >= p_day, spent, 0) - held INTO v_found, v_credit, v_daily
      FROM balances WHERE account_id = v_account FOR UPDATE;
      ROLLBACK;
      SELECT IF(NOT v_found, 'no_balance', IF(COALESCE(v_credit, v_more) >= v_more, 'daily_limit', 'no_money')), v_amount, v_paid,
        IF(v_found, GREATEST(0, LEAST(COALESCE(v_credit, v_daily), COALESCE(v_daily, v_credit))), 0);
      LEAVE p_extend;
    END IF;
  END IF;
  COMMIT;
  SELECT 'granted', v_amount + v_more, p_to_s, 0.0;
END
