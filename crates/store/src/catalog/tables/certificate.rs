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
