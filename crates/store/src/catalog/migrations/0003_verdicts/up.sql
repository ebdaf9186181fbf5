-- Whether a slice differs is one question, whether it could be compared another.
ALTER TABLE certificate ADD COLUMN verdict TEXT NOT NULL DEFAULT 'not comparable';
UPDATE certificate SET verdict = 'equal' WHERE equal;
UPDATE certificate SET verdict = 'different' WHERE reason = 'the slice makes another value';
ALTER TABLE certificate DROP COLUMN equal;
