//! Draws papers and says how long each took: natively as a line of JSON, in a browser as `globalThis.anxueProbe`.

use probe::{ITEMS, PAPERS, Stocked, bank, blueprint, digest, paper};

/// Milliseconds on a clock that only goes forward.
#[cfg(not(target_arch = "wasm32"))]
fn now() -> f64 {
    use std::sync::OnceLock;
    use std::time::Instant;
    static BEGUN: OnceLock<Instant> = OnceLock::new();
    BEGUN.get_or_init(Instant::now).elapsed().as_secs_f64() * 1_000.0
}

#[cfg(target_arch = "wasm32")]
fn now() -> f64 {
    use js_sys::{Function, Reflect, global};
    use wasm_bindgen::JsCast;
    let performance = Reflect::get(&global(), &"performance".into()).unwrap_or_default();
    let now = Reflect::get(&performance, &"now".into()).unwrap_or_default();
    let now = now.dyn_into::<Function>().and_then(|now| now.call0(&performance));
    now.ok().and_then(|now| now.as_f64()).unwrap_or_default()
}

#[cfg(not(target_arch = "wasm32"))]
fn tell(words: &str) {
    println!("{words}");
}

#[cfg(target_arch = "wasm32")]
fn tell(words: &str) {
    let _ = js_sys::Reflect::set(&js_sys::global(), &"anxueProbe".into(), &words.into());
}

fn main() {
    let stock = bank(ITEMS);
    let entries: Vec<_> = stock.iter().map(Stocked::entry).collect();
    let Some(blueprint) = blueprint() else {
        return tell("{}");
    };
    let mut times = Vec::new();
    let mut sum = 0_u32;
    for n in 0..PAPERS {
        let begun = now();
        let drawn = paper(&entries, &blueprint, n);
        times.push(format!("{:.3}", now() - begun));
        // Nothing was measured if no paper was drawn.
        let Some(drawn) = drawn else {
            return tell("{}");
        };
        sum = sum.rotate_left(5) ^ digest(&drawn);
    }
    let entries = entries.len();
    tell(&format!(
        "{{\"items\":{entries},\"digest\":{sum},\"ms\":[{}]}}",
        times.join(",")
    ));
}
