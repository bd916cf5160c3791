//! The files that `build.rs` found in the folder `ANXUE_SITE_DIR`.

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
