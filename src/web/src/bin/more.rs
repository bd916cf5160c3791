//! The beginning of the module for everything else: exercises, exams, competitions, handbook, record and settings.

fn main() {
    web::start(web::app::MORE, web::app::more);
}
