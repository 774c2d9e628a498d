//! Agencies' keys: registered and revoked by an administrator, never seen in private here.

use crate::custody::{Error, Invalid};
use crate::{
    app::App,
    id::UnitId,
    store::keys::{self, AgencyKey},
};
use hufu_wire::signature::{PublicKey, key_id};

/// Registers the public half of a unit's key (PEM). Refuses what is not an SM2 public key.
pub async fn register(app: &App, unit: UnitId, public_pem: &str) -> Result<String, Error> {
    let public = PublicKey::from_pem(public_pem).map_err(|_| {
        Invalid::new(
            "not_a_public_key",
            ("这不是 SM2 公钥。", "This is not an SM2 public key."),
            ("请用 hufu-station key public 导出公钥。", "Export it with `hufu-station key public`."),
        )
    })?;
    let key = key_id(&public);
    let row = AgencyKey {
        key: key.clone(),
        unit,
        public_pem: public_pem.to_owned(),
        added_at: app.clock.now(),
        revoked_at: None,
    };
    let mut tx = app.db.write().await?;
    keys::register(&mut tx, &row).await?;
    tx.commit().await?;
    Ok(key)
}

pub async fn revoke(app: &App, key: &str) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    keys::revoke(&mut tx, key, app.clock.now()).await?;
    Ok(tx.commit().await?)
}
