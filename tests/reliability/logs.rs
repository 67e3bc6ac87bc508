//! What the client and everything beneath it log, captured once for all tests of this program.

use std::fmt::{Debug, Write};
use std::io;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

/// The logs of this program, from the first call of [`captured`] on.
#[derive(Clone, Default)]
pub(crate) struct Logs {
    /// Everything at any level, through `tracing` and through `log`.
    everything: Arc<Mutex<String>>,
    /// A line a span and event of the client's calls to one branch.
    calls: Arc<Mutex<String>>,
}

/// The branch whose calls are noted.
pub(crate) const BRANCH: &str = "change-42";

/// Starts capturing, or gives what is being captured.
pub(crate) fn captured() -> &'static Logs {
    static LOGS: LazyLock<Logs> = LazyLock::new(|| {
        let logs = Logs::default();
        let everything = tracing_subscriber::fmt::layer()
            .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
            .with_writer(logs.clone());
        let subscriber = Registry::default().with(everything).with(logs.clone());
        tracing::subscriber::set_global_default(subscriber).unwrap();
        log::set_boxed_logger(Box::new(logs.clone())).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
        logs
    });
    &LOGS
}

/// What is logged while a function runs.
pub(crate) fn during(function: impl FnOnce()) -> String {
    captured();
    let logs = Logs::default();
    let subscriber = tracing_subscriber::fmt().with_writer(logs.clone()).finish();
    tracing::subscriber::with_default(subscriber, function);
    logs.everything()
}

impl Logs {
    /// Everything so far.
    pub(crate) fn everything(&self) -> String {
        lock(&self.everything).clone()
    }

    /// The calls to [`BRANCH`] so far.
    pub(crate) fn calls(&self) -> String {
        lock(&self.calls).clone()
    }

    fn note(&self, line: &str) {
        writeln!(lock(&self.calls), "{line}").unwrap();
    }
}

fn lock(text: &Mutex<String>) -> MutexGuard<'_, String> {
    text.lock().unwrap_or_else(PoisonError::into_inner)
}

impl io::Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lock(&self.everything).push_str(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Logs {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl log::Log for Logs {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        writeln!(lock(&self.everything), "{} {} {}", record.level(), record.target(), record.args()).unwrap();
    }

    fn flush(&self) {}
}

/// The fields of a span or event, as text.
#[derive(Default)]
struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Waits are random.
        let value = if field.name() == "delay_ms" { "…".to_owned() } else { format!("{value:?}") };
        write!(self.0, " {}={value}", field.name()).unwrap();
    }
}

/// Marks the span of a call that is noted.
struct Noted;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Logs {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if fields.0.contains(BRANCH) {
            self.note(&format!("span {}:{}", attributes.metadata().name(), fields.0));
            context.span(id).unwrap().extensions_mut().insert(Noted);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if context.span(id).unwrap().extensions().get::<Noted>().is_some() {
            let mut fields = Fields::default();
            values.record(&mut fields);
            self.note(&format!("  record:{}", fields.0));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let ours = event.metadata().target().starts_with("infrahub_client");
        if ours && context.event_span(event).is_some_and(|span| span.extensions().get::<Noted>().is_some()) {
            let mut fields = Fields::default();
            event.record(&mut fields);
            self.note(&format!("  {}:{}", event.metadata().level(), fields.0));
        }
    }
}
