//! The wasm's beginning.

fn main() {
    web::start();
}
