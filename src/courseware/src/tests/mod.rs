//! The crate's tests: fixtures made in temporary folders, and the content of the project itself.

mod defects;
mod exercise_defects;
mod exercises;
mod fixture;
mod layers;
mod locks;
mod markdown;
mod published;
mod quality;
mod real;
mod sheets;
