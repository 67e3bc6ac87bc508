//! Turns the documents that the runtime sends, and with `stock-kinds` every kind of a stock Infrahub, into Rust.

fn main() {
    let configuration = infrahub_build::configure().offline().queries("queries");
    if std::env::var_os("CARGO_FEATURE_STOCK_KINDS").is_some() {
        configuration.kinds(["*"]).generate();
    } else {
        configuration.no_kinds().generate();
    }
}
