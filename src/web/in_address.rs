//! What an address names: a page that cannot be, such as `/items/x`, is no page, and is answered like every other address that is none.

use super::{Problem, Web};
use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

/// The parts of the address, in their types.
pub struct InAddress<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Web> for InAddress<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<InAddress<T>, Problem> {
        let read = Path::<T>::from_request_parts(parts, web).await;
        read.map(|Path(named)| InAddress(named)).map_err(|_| Problem::NoSuchPage)
    }
}
