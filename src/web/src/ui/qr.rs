//! A QR code as one SVG path.

use crate::html::{Html, none, svg};
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write;

/// The code of `text`; nothing where it is too long for one.
pub fn code(text: &str, label: &str) -> Html {
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else {
        return none();
    };
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        for x in 0..size {
            if code.get_module(x, y) {
                // Writing to a String cannot fail. Two modules of quiet zone here, two more by the padding of the style.
                let _ = write!(path, "M{},{}h1v1h-1z", x + 2, y + 2);
            }
        }
    }
    let across = size + 4;
    svg("svg")
        .class("qr")
        .attr("viewBox", &format!("0 0 {across} {across}"))
        .attr("role", "img")
        .attr("aria-label", label)
        .child(svg("path").attr("d", &path))
}
