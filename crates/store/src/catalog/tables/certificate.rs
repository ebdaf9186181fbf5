//! Certificate: one row per time that a slice was run and compared.

use clew_graph::{SessionId, Timestamp};
use diesel::prelude::*;

use super::{counter, narrow, session};
use crate::Certificate;
use crate::catalog::schema::certificate;
use crate::catalog::{Connection, Failure};

/// Adds a certificate.
pub(crate) fn insert(connection: &mut Connection, new: &Certificate) -> Result<(), Failure> {
    let session = session::key(connection, new.session)?;
    let key = counter::take(connection, "certificate")?;
    diesel::insert_into(certificate::table)
        .values((
            certificate::key.eq(key),
            certificate::session.eq(session),
            certificate::name.eq(&new.name),
            certificate::version.eq(new.version.map(i64::from)),
            certificate::checked.eq(new.checked.0),
            certificate::verdict.eq(&new.verdict),
            certificate::reason.eq(&new.reason),
            certificate::slice_digest.eq(&new.slice_digest),
        ))
        .execute(connection)?;
    Ok(())
}

/// A session's certificates, in the order in which they came.
pub(crate) fn all(connection: &mut Connection, id: SessionId) -> Result<Vec<Certificate>, Failure> {
    type Row = (String, Option<i64>, i64, String, Option<String>, String);
    let session = session::key(connection, id)?;
    let rows: Vec<Row> = certificate::table
        .filter(certificate::session.eq(session))
        .order(certificate::key)
        .select((
            certificate::name,
            certificate::version,
            certificate::checked,
            certificate::verdict,
            certificate::reason,
            certificate::slice_digest,
        ))
        .load(connection)?;
    rows.into_iter()
        .map(|(name, version, checked, verdict, reason, slice_digest)| {
            Ok(Certificate {
                session: id,
                name,
                version: version.map(|number| narrow(number, "version")).transpose()?,
                checked: Timestamp(checked),
                verdict,
                reason,
                slice_digest,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::catalog::Catalog;
    use crate::patience::Patience;

    #[test]
    fn certificates_of_before_verdicts_keep_what_they_say() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("catalog.db");
        let before = rusqlite::Connection::open(&file).unwrap();
        before
            .execute_batch(concat!(
                include_str!("../migrations/0001_catalog/up.sql"),
                include_str!("../migrations/0002_findings/up.sql"),
                "CREATE TABLE __diesel_schema_migrations (
                    version VARCHAR(50) PRIMARY KEY NOT NULL,
                    run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
                );
                INSERT INTO __diesel_schema_migrations (version) VALUES ('0001'), ('0002');
                INSERT INTO session VALUES
                    (1, '0190a000-0000-7000-8000-000000000001', 'script', '3.11.7', 0, '/', '[]',
                     1, NULL, NULL);
                INSERT INTO certificate VALUES
                    (1, 1, 'a', NULL, 1, TRUE, NULL, '00'),
                    (2, 1, 'b', NULL, 2, FALSE, 'the slice makes another value', '01'),
                    (3, 1, 'c', NULL, 3, FALSE, 'it is a generator', '02');",
            ))
            .unwrap();
        drop(before);

        let mut catalog = Catalog::open(&file, &Patience::of(Duration::from_secs(1))).unwrap();
        let session = "0190a000-0000-7000-8000-000000000001".parse().unwrap();
        let certificates = catalog.write(|connection| all(connection, session)).unwrap();
        let verdicts: Vec<(&str, &str)> =
            certificates.iter().map(|it| (it.name.as_str(), it.verdict.as_str())).collect();
        assert_eq!(verdicts, [("a", "equal"), ("b", "different"), ("c", "not comparable")]);
    }
}
