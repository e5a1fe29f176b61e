//! The public keys of the built-in issuer.

use actix_web::http::header;
use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::params::Params;
use crate::problem::Problem;
use crate::state::App;

/// A public key (RFC 7517).
#[derive(Debug, Serialize, ToSchema)]
pub struct JsonWebKey {
    /// Its kind.
    #[schema(max_length = 10, pattern = "^EC$", example = "EC")]
    kty: String,
    /// Its curve.
    #[schema(max_length = 10, pattern = "^P-256$", example = "P-256")]
    crv: String,
    /// Its first coordinate.
    #[schema(max_length = 43, example = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4")]
    x: String,
    /// Its second coordinate.
    #[schema(max_length = 43, example = "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM")]
    y: String,
    /// Its name: its thumbprint (RFC 7638).
    #[schema(max_length = 43, example = "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s")]
    kid: String,
    /// What it is for.
    #[serde(rename = "use")]
    #[schema(max_length = 10, pattern = "^sig$", example = "sig")]
    usage: String,
    /// The algorithm that it is used with.
    #[schema(max_length = 10, pattern = "^ES256$", example = "ES256")]
    alg: String,
}

/// Public keys.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "only its schema is used")]
pub struct JsonWebKeySet {
    /// The keys: the first one signs, the others did and still count.
    #[schema(max_items = 200)]
    keys: Vec<JsonWebKey>,
}

/// Get the keys of the built-in issuer
///
/// The public keys that tokens of this service can be verified with, as a JWK set (RFC 7517); none where the built-in
/// issuer is switched off.
#[utoipa::path(
    tag = "tokens",
    operation_id = "getKeys",
    responses((status = 200, description = "The keys.", body = JsonWebKeySet))
)]
#[get("/.well-known/jwks.json")]
pub async fn get(app: web::Data<App>, params: Params) -> Result<HttpResponse, Problem> {
    let [] = params.only([])?;
    let keys = app
        .auth
        .built_in()
        .map_or_else(|| json!({ "keys": [] }), |own| own.jwks().clone());
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .json(keys))
}
