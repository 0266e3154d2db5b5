-- Every set-wise column of a profile, as somebody who knows DuckDB would write it for one shop and one day: the raw
-- limit of a refresh. {lake}: the folder of the facts; {as_of}: the day. No forecast: that is no question to SQL.
CREATE OR REPLACE TEMP TABLE o AS
WITH back AS (SELECT r.order_id, sum(amount) refunded, sum(amount) FILTER (coalesce(r.day, r.known_day) - o.day <= 14) in_grace
              FROM '{lake}/refunds.parquet' r JOIN '{lake}/orders.parquet' o USING (order_id)
              WHERE NOT coalesce(failed, false) AND r.known_day <= DATE '{as_of}' AND (r.day IS NULL OR r.day <= DATE '{as_of}') GROUP BY ALL),
returned AS (SELECT r.order_id, p.customer_id, coalesce(v.product_id, r.variant_id) product_id, r.day
             FROM '{lake}/refunds.parquet' r JOIN '{lake}/orders.parquet' o USING (order_id) JOIN '{lake}/people.parquet' p ON p.identifier_id = o.identifier_id
             LEFT JOIN '{lake}/variants.parquet' v ON v.variant_id = r.variant_id WHERE r.variant_id IS NOT NULL AND NOT coalesce(failed, false)),
swap AS (SELECT order_id FROM (SELECT l.order_id, l.position, bool_or(coalesce(b.order_id <> l.order_id AND o.day BETWEEN b.day AND b.day + 30, false)) swapped
         FROM '{lake}/lines.parquet' l JOIN '{lake}/orders.parquet' o USING (order_id) JOIN '{lake}/people.parquet' p USING (identifier_id)
         LEFT JOIN '{lake}/variants.parquet' v USING (variant_id)
         LEFT JOIN returned b ON b.customer_id = p.customer_id AND b.product_id = coalesce(v.product_id, l.variant_id)
         WHERE l.kind = 'product' AND p.customer_id IN (SELECT customer_id FROM returned) GROUP BY ALL) GROUP BY order_id HAVING bool_and(swapped))
SELECT order_id, p.customer_id, day, hour, channel, country, o.net gross, coalesce(refunded, 0) refunded,
       o.net - least(coalesce(round(least(coalesce(refunded, 0), total) * o.net::DOUBLE / nullif(total, 0)), 0)::BIGINT, o.net) net,
       coalesce(discount, 0) > 0 OR coalesce(discount_code, '') <> '' discounted,
       status = 'cancelled' OR (cancelled_day <= DATE '{as_of}' AND cancelled_day - day <= 14) IS TRUE cancelled,
       NOT test AND NOT renewal AND NOT gift_card_only AND total > 0 AND status IN ('paid', 'pending')
       AND coalesce(in_grace, 0) < total AND s.order_id IS NULL AND NOT cancelled AS counts
FROM '{lake}/orders.parquet' o JOIN '{lake}/people.parquet' p USING (identifier_id) LEFT JOIN back USING (order_id) LEFT JOIN swap s USING (order_id)
WHERE day <= DATE '{as_of}' AND o.known_day <= DATE '{as_of}';

CREATE OR REPLACE TEMP TABLE bought AS
SELECT customer_id, day, variant_id, sum(quantity) units, sum(l.net) net
FROM '{lake}/lines.parquet' l JOIN o USING (order_id) WHERE l.kind = 'product' AND variant_id IS NOT NULL AND counts GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE g AS
WITH d AS (SELECT customer_id, day, sum(net) net, count(*) orders FROM o WHERE counts GROUP BY ALL),
t AS (SELECT customer_id, day, first(variant_id ORDER BY net DESC, variant_id) variant_id FROM bought GROUP BY ALL)
SELECT d.*, t.variant_id, day - lag(day) OVER w gap, lag(t.variant_id) OVER w after_variant
FROM d LEFT JOIN t USING (customer_id, day) WINDOW w AS (PARTITION BY customer_id ORDER BY day);

CREATE OR REPLACE TEMP TABLE c AS
WITH days AS (SELECT customer_id, min(day) first_day, max(day) last_day, count(*) order_days, sum(net) net_total,
      count(*) FILTER (day > DATE '{as_of}' - 90) order_days_90d, count(*) FILTER (day > DATE '{as_of}' - 365) order_days_365d,
      coalesce(sum(orders) FILTER (day > DATE '{as_of}' - 90), 0) orders_90d, coalesce(sum(orders) FILTER (day > DATE '{as_of}' - 365), 0) orders_365d,
      coalesce(sum(orders) FILTER (day BETWEEN DATE '{as_of}' - 729 AND DATE '{as_of}' - 365), 0) orders_before_365d,
      coalesce(sum(net) FILTER (day > DATE '{as_of}' - 90), 0) net_90d, coalesce(sum(net) FILTER (day > DATE '{as_of}' - 365), 0) net_365d,
      coalesce(sum(net) FILTER (day BETWEEN DATE '{as_of}' - 729 AND DATE '{as_of}' - 365), 0) net_before_365d,
      arg_min(net, day) net_first_day, arg_max(net, day) net_last_day, arg_min_null(variant_id, day) first_variant, arg_max_null(variant_id, day) last_variant,
      count(gap) gaps, sum(ln(gap)) log_sum, sum(ln(gap) ** 2) log_squares, arg_min(gap, day) second_gap, arg_max(gap, day) last_gap,
      min(gap) shortest_gap, max(gap) longest_gap FROM g GROUP BY customer_id),
every AS (SELECT customer_id, count(*) FILTER (counts) orders, count(*) FILTER (NOT counts) orders_not_counted, count(*) FILTER (cancelled) orders_cancelled,
      sum(gross) FILTER (counts) gross_total, sum(gross - net) FILTER (counts) refunded_total, count(*) FILTER (counts AND refunded > 0) orders_refunded,
      count(*) FILTER (counts AND discounted) orders_discounted, max(net) FILTER (counts) order_value_largest,
      count(DISTINCT channel) FILTER (counts AND channel <> '') channels,
      arg_min(channel, (day, coalesce(hour, 0), order_id)) FILTER (counts AND channel <> '') channel_first,
      arg_max(channel, (day, coalesce(hour, 0), order_id)) FILTER (counts AND channel <> '') channel_last,
      arg_max(country, (day, coalesce(hour, 0), order_id)) FILTER (counts AND country <> '') country FROM o GROUP BY customer_id),
basket AS (SELECT customer_id, sum(units) units, count(DISTINCT variant_id) products, count(DISTINCT category) FILTER (category <> '') categories,
      coalesce(sum(net) FILTER (cost IS NOT NULL), 0) net_with_cost, coalesce(sum(units * cost), 0) cost_total, sum(net) net_of_lines
      FROM bought LEFT JOIN '{lake}/variants.parquet' USING (variant_id) GROUP BY customer_id),
fav AS (SELECT customer_id, first(variant_id ORDER BY n DESC, variant_id) favourite_variant
        FROM (SELECT customer_id, variant_id, count(*) n FROM g WHERE variant_id IS NOT NULL GROUP BY ALL) GROUP BY customer_id),
who AS (SELECT customer_id, bool_or(kind = 'email') has_email, bool_or(kind = 'phone') has_phone, bool_or(kind = 'account') has_account, count(*) identifiers
        FROM '{lake}/people.parquet' GROUP BY customer_id),
said AS (SELECT customer_id, count(*) reviews, avg(rating) rating_mean, max(day) last_review_day
         FROM '{lake}/reviews.parquet' r JOIN '{lake}/people.parquet' USING (identifier_id) WHERE r.day <= DATE '{as_of}' GROUP BY customer_id)
SELECT * REPLACE (coalesce(reviews, 0) AS reviews), DATE '{as_of}' - first_day days_since_first_order, DATE '{as_of}' - last_day days_since_last_order,
       round(net_total / (greatest(days_since_first_order, 365) / 365.0::DOUBLE))::BIGINT net_a_year,
       CASE WHEN net_of_lines > 0 AND net_with_cost >= net_of_lines THEN round(net_total::DOUBLE * (net_with_cost - cost_total) / net_of_lines)::BIGINT END margin_total,
       CASE WHEN second_gap <= 90 THEN true WHEN days_since_first_order >= 104 THEN false END came_back
FROM days LEFT JOIN every USING (customer_id) LEFT JOIN basket USING (customer_id) LEFT JOIN fav USING (customer_id) LEFT JOIN who USING (customer_id) LEFT JOIN said USING (customer_id);

CREATE OR REPLACE TEMP TABLE hand AS
WITH sums AS (SELECT sum(gaps) n, count(*) people, sum(log_sum) total, sum(log_squares) squares, sum(log_sum ** 2 / gaps) among, sum(gaps ** 2) n2 FROM c WHERE gaps > 0),
shop AS (SELECT total / n "level", sqrt((squares - among) / (n - people)) "within",
         least(50, (squares - among) / (n - people) / greatest(((among - total ** 2 / n) / (people - 1) - (squares - among) / (n - people)) / ((n - n2 / n) / (people - 1)), 1e-9)) prior FROM sums),
levels AS (SELECT after_variant, (sum(ln(gap)) + 20 * any_value("level")) / (count(*) + 20) product_level FROM g, shop WHERE gap IS NOT NULL AND after_variant IS NOT NULL GROUP BY ALL),
fifths AS (SELECT quantile_disc(-days_since_last_order, [.2, .4, .6, .8]) r, quantile_disc(order_days, [.2, .4, .6, .8]) f, quantile_disc(net_total, [.2, .4, .6, .8]) m FROM c),
money AS (SELECT net_total, sum(sum(net_total)) OVER (ORDER BY net_total DESC) - sum(net_total) before, sum(sum(net_total)) OVER () total FROM c WHERE net_total > 0 GROUP BY net_total),
margin AS (SELECT margin_total, sum(sum(margin_total)) OVER (ORDER BY margin_total DESC) - sum(margin_total) before, sum(sum(margin_total)) OVER () total FROM c WHERE margin_total > 0 GROUP BY margin_total),
ends AS (SELECT (SELECT min(net_total) FROM money WHERE before < total * .8) a, (SELECT min(net_total) FROM money WHERE before < total * .95) b,
         (SELECT min(margin_total) FROM margin WHERE before < total * .8) ma, (SELECT min(margin_total) FROM margin WHERE before < total * .95) mb),
paced AS (SELECT c.*, product_level, (coalesce(log_sum, 0) + coalesce(product_level, "level") * prior) / (gaps + prior) own, "within" * sqrt(1 + 1 / (gaps + prior)) spread
          FROM c CROSS JOIN shop LEFT JOIN levels ON after_variant = last_variant),
late AS (SELECT * EXCLUDE (own, spread), greatest(round(exp(own))::BIGINT, 1) usual_gap_days, ceil(exp(own + spread * 0.6744897501960817))::BIGINT late_after_days,
         ceil(exp(own + spread * 1.6448536269514722))::BIGINT lost_after_days FROM paced),
placed AS (SELECT late.*, last_day + usual_gap_days::INTEGER due_on, greatest(days_since_last_order - late_after_days, 0) days_late, days_since_last_order / late_after_days::DOUBLE lateness,
    CASE WHEN days_since_last_order > lost_after_days THEN 'lost' WHEN days_since_last_order > late_after_days THEN 'slipping' WHEN order_days = 1 THEN 'new'
         WHEN last_gap > lost_after_days THEN 'returned' WHEN order_days >= 4 THEN 'loyal' ELSE 'active' END stage,
    1 + len(list_filter(r, lambda e: -days_since_last_order > e)) rfm_recency, 1 + len(list_filter(f, lambda e: order_days > e)) rfm_frequency, 1 + len(list_filter(m, lambda e: net_total > e)) rfm_money,
    CASE WHEN net_total >= a THEN 'A' WHEN net_total >= b THEN 'B' ELSE 'C' END value_grade,
    CASE WHEN margin_total IS NULL THEN NULL WHEN margin_total >= ma THEN 'A' WHEN margin_total >= mb THEN 'B' ELSE 'C' END margin_grade
    FROM late CROSS JOIN fifths CROSS JOIN ends)
SELECT placed.*, rfm_recency * 100 + rfm_frequency * 10 + rfm_money rfm_score,
    CASE WHEN rfm_recency >= 4 AND rfm_frequency + rfm_money >= 8 THEN 'champions' WHEN rfm_recency >= 3 AND rfm_frequency + rfm_money >= 7 THEN 'loyal'
         WHEN rfm_recency >= 4 AND rfm_frequency + rfm_money >= 4 THEN 'promising' WHEN rfm_recency >= 4 THEN 'newcomers'
         WHEN rfm_recency = 3 AND rfm_frequency + rfm_money >= 4 THEN 'need_attention' WHEN rfm_recency = 3 THEN 'cooling'
         WHEN rfm_frequency + rfm_money >= 8 THEN 'must_not_lose' WHEN rfm_frequency + rfm_money >= 5 THEN 'at_risk' ELSE 'asleep' END rfm_segment,
    one.title first_product, two.title last_product, three.title favourite_product, DATE '{as_of}' as_of, net_with_cost / nullif(net_of_lines, 0)::DOUBLE cost_known_share,
    round(net_total / order_days::DOUBLE)::BIGINT order_value_mean, refunded_total / nullif(gross_total, 0)::DOUBLE refund_share,
    orders_discounted / nullif(orders, 0)::DOUBLE discount_share, CASE WHEN stage = 'slipping' THEN net_a_year ELSE 0 END net_at_stake
FROM placed LEFT JOIN '{lake}/variants.parquet' one ON one.variant_id = first_variant LEFT JOIN '{lake}/variants.parquet' two ON two.variant_id = last_variant
LEFT JOIN '{lake}/variants.parquet' three ON three.variant_id = favourite_variant
