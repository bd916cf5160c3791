//! The content that `build.rs` found in the folder `ANXUE_COURSES_DIR`.

include!(concat!(env!("OUT_DIR"), "/courses.rs"));
