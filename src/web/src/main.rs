//! The beginning of the module for studying: the way to the first question, and nothing that it does not need.

fn main() {
    web::start(web::app::STUDY, web::app::study);
}
