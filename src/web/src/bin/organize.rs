//! The beginning of the organizer's desk: a module of its own, of which learners never download a byte.

fn main() {
    web::start_desk();
}
