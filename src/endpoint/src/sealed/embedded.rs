//! The sealed banks that `build.rs` found in the folder `ANXUE_SEALED_DIR`.

include!(concat!(env!("OUT_DIR"), "/sealed.rs"));
