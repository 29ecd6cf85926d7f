-- +goose NO TRANSACTION
-- +goose Up
-- How long providers took to tell of a call to a country: a row for each column of
-- the histogram that anything is in. Percentiles of any rows can be had from it.
-- Take one grain at a time: an hour is in its day once more.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW vw_quality_delays AS
SELECT q.level, ELT(q.level + 1, '5m', 'hour', 'day') AS grain,  -- ask by level: 0, 1, 2, which is indexed
       q.bucket AS began_at,                                    -- UTC
       q.provider_id, p.providername AS provider, q.tier,       -- noncli, cli, premium
       q.country,                                               -- of the called number, ISO 3166-1 alpha-2
       b.above_ms, b.up_to_ms,                                  -- post-dial delay; NULL: no bound
       CAST(SUBSTR(LPAD(ELT(b.n DIV 7 + 1, q.pdd_0, q.pdd_1, q.pdd_2, q.pdd_3, q.pdd_4), 63, '0'), 55 - 9 * (b.n MOD 7), 9) AS UNSIGNED) AS bids
FROM quality_countries q
JOIN (SELECT 0 AS n, 0 AS above_ms, 50 AS up_to_ms
       UNION ALL SELECT 1, 50, 63
       UNION ALL SELECT 2, 63, 78
       UNION ALL SELECT 3, 78, 98
       UNION ALL SELECT 4, 98, 122
       UNION ALL SELECT 5, 122, 153
       UNION ALL SELECT 6, 153, 191
       UNION ALL SELECT 7, 191, 238
       UNION ALL SELECT 8, 238, 298
       UNION ALL SELECT 9, 298, 373
       UNION ALL SELECT 10, 373, 466
       UNION ALL SELECT 11, 466, 582
       UNION ALL SELECT 12, 582, 728
       UNION ALL SELECT 13, 728, 909
       UNION ALL SELECT 14, 909, 1137
       UNION ALL SELECT 15, 1137, 1421
       UNION ALL SELECT 16, 1421, 1776
       UNION ALL SELECT 17, 1776, 2220
       UNION ALL SELECT 18, 2220, 2776
       UNION ALL SELECT 19, 2776, 3469
       UNION ALL SELECT 20, 3469, 4337
       UNION ALL SELECT 21, 4337, 5421
       UNION ALL SELECT 22, 5421, 6776
       UNION ALL SELECT 23, 6776, 8470
       UNION ALL SELECT 24, 8470, 10588
       UNION ALL SELECT 25, 10588, 13235
       UNION ALL SELECT 26, 13235, 16544
       UNION ALL SELECT 27, 16544, 20680
       UNION ALL SELECT 28, 20680, 25849
       UNION ALL SELECT 29, 25849, 32312
       UNION ALL SELECT 30, 32312, 40390
       UNION ALL SELECT 31, 40390, NULL) b
LEFT JOIN providers p ON p.id = q.provider_id
WHERE SUBSTR(LPAD(ELT(b.n DIV 7 + 1, q.pdd_0, q.pdd_1, q.pdd_2, q.pdd_3, q.pdd_4), 63, '0'), 55 - 9 * (b.n MOD 7), 9) > 0;
