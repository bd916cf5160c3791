//! One-time links to the desk.

use crate::code::{self, Token};
use crate::store::{NewKey, Store};
use domain::time::Timestamp;

/// How long a link holds, in milliseconds: whoever sets the endpoint up may have the organizer come tomorrow.
const HOLDS: i64 = 7 * 86_400_000;

/// The name of the first organizer, until somebody makes a link with a better one.
pub(crate) const FIRST: &str = "组织者";

/// Makes a link: its key, which is stored as a hash only.
///
/// # Errors
/// There are no random numbers, or the store cannot be written.
pub(crate) async fn make(store: &dyn Store, name: &str, now: Timestamp) -> anyhow::Result<String> {
    let token = Token::from_bits(code::random()?);
    let hash = code::token_hash(token.text()).ok_or_else(|| anyhow::anyhow!("a token of another length"))?;
    let key = NewKey {
        hash,
        name: name.to_owned(),
        expires: now.plus(HOLDS),
    };
    store.new_key(key, now).await?;
    Ok(token.text().to_owned())
}
