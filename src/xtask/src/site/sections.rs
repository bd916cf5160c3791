//! Custom sections of a wasm module: finding and dropping them by name.
//!
//! A module is an 8-byte header and then sections of one id byte, a LEB128 size and that many bytes; a custom section
//! has id 0 and begins with its name (WebAssembly core specification 2.0, §5.5.2 and §5.5.3).

use anyhow::{Result, ensure};

const HEADER: &[u8; 8] = b"\0asm\x01\0\0\0";

/// The module without its custom sections of this name.
///
/// # Errors
/// Not a wasm module, or one that is cut off.
pub(crate) fn without_custom(module: &[u8], name: &str) -> Result<Vec<u8>> {
    ensure!(module.starts_with(HEADER), "not a WebAssembly module of version 1");
    let mut kept = HEADER.to_vec();
    let mut rest = &module[HEADER.len()..];
    while let Some((&id, after_id)) = rest.split_first() {
        let (size, body) = leb128(after_id)?;
        ensure!(
            size <= body.len(),
            "a section of {size} bytes is cut off after {}",
            body.len()
        );
        let whole = rest.len() - body.len() + size;
        if id != 0 || custom_name(&body[..size])? != name.as_bytes() {
            kept.extend_from_slice(&rest[..whole]);
        }
        rest = &rest[whole..];
    }
    Ok(kept)
}

fn custom_name(body: &[u8]) -> Result<&[u8]> {
    let (length, rest) = leb128(body)?;
    ensure!(length <= rest.len(), "the name of a custom section is cut off");
    Ok(&rest[..length])
}

/// An unsigned LEB128 number of at most 32 bits, and what follows it.
fn leb128(bytes: &[u8]) -> Result<(usize, &[u8])> {
    let mut value: u64 = 0;
    for (place, byte) in bytes.iter().take(5).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Ok((usize::try_from(value)?, &bytes[place + 1..]));
        }
    }
    anyhow::bail!("a number is cut off or too long")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(id: u8, body: &[u8]) -> Vec<u8> {
        // A size in padded LEB128, as linkers write it, must be read and kept as it is.
        let size = u8::try_from(body.len()).unwrap();
        assert!(size < 0x80);
        [&[id, size | 0x80, 0x80, 0x00], body].concat()
    }

    fn custom(name: &str, content: &[u8]) -> Vec<u8> {
        section(
            0,
            &[&[u8::try_from(name.len()).unwrap()], name.as_bytes(), content].concat(),
        )
    }

    #[test]
    fn only_the_named_section_goes_and_all_else_stays_byte_for_byte() {
        let types = section(1, &[0]);
        let module = [
            &HEADER[..],
            &custom("target_features", b"+x"),
            &types,
            &custom("name", b"abc"),
        ]
        .concat();
        let expected = [&HEADER[..], &types, &custom("name", b"abc")].concat();
        assert_eq!(without_custom(&module, "target_features").unwrap(), expected);
        assert_eq!(without_custom(&expected, "target_features").unwrap(), expected);
    }

    #[test]
    fn what_is_no_module_or_is_cut_off_is_refused() {
        let whole = [&HEADER[..], &custom("name", b"abc")].concat();
        for bad in [
            &b""[..],
            b"\0asm\x02\0\0\0",
            &whole[..whole.len() - 1],
            &whole[..HEADER.len() + 2],
        ] {
            assert!(without_custom(bad, "name").is_err(), "{bad:?}");
        }
    }
}
