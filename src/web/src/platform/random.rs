//! Random numbers from the browser's generator, which exists in insecure contexts too.

/// 128 random bits.
pub fn bits() -> u128 {
    let mut bytes = [0; 16];
    let crypto = leptos::prelude::window().crypto();
    if crypto
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes))
        .is_err()
    {
        // No engine that runs this wasm lacks it; if a policy took it away, ids must still differ between devices.
        for byte in &mut bytes {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let drawn = (js_sys::Math::random() * 256.0) as u8;
            *byte = drawn;
        }
    }
    u128::from_le_bytes(bytes)
}
