//! `kapok serve`.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::ExitCode,
};

use kapok::{BackupSettings, Kapok, Outgoing, PluginSource, Retention, Settings};
use tokio::{net::TcpListener, runtime::Runtime};
use tracing_subscriber::EnvFilter;

use crate::{built_in, commands::Serve, config::Config, demo, gateway::Gateway};

const PORT: u16 = 7654;
const SMS_PLUGIN: &str = "sms-http";

/// Serves until it is interrupted.
pub(crate) fn serve(options: Serve) -> Result<ExitCode, String> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let config = Config::read(options.config.as_deref())?;
    let runtime = Runtime::new().map_err(|error| error.to_string())?;
    runtime.block_on(run(options, config))?;
    Ok(ExitCode::SUCCESS)
}

async fn run(options: Serve, config: Config) -> Result<(), String> {
    let base_url = config.server.base_url.as_deref().map(str::parse).transpose();
    let base_url = base_url.map_err(|error| format!("[server] base_url: {error}"))?;
    let data = data_folder(&options, &config);
    let listen = options
        .listen
        .or(config.server.listen)
        .unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, PORT)));
    // The port first: whoever starts it twice learns so before anything else happens.
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| format!("{listen}: {error}"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;

    let (mail_folder, sms_folder) = (data.join("sent-mail"), data.join("sent-sms"));
    let mut outgoing = Outgoing {
        mail: config.mail()?,
        allowed: config.allowed(),
        plugins: config.plugin_settings()?,
        secrets: config.secrets()?,
    };
    if options.demo {
        outgoing.mail.get_or_insert_with(|| demo::mail(&mail_folder));
        if !outgoing.plugins.contains_key(SMS_PLUGIN) {
            let gateway = Gateway::open(&sms_folder).await?;
            outgoing.plugins.insert(SMS_PLUGIN.to_owned(), gateway.settings());
            outgoing.allowed.push(gateway.origin());
            tokio::spawn(gateway.run());
        }
    }
    let settings = settings(&options, &config);
    let plugins = plugins(&config)?;
    let backup = config.backup(options.config.as_deref())?;
    let is_demo = options.demo;
    let opening = data.clone();
    // Opening reads the disk, and may have to rebuild what a crash left.
    let opened = tokio::task::spawn_blocking(move || open(&opening, settings, plugins, outgoing, backup, is_demo));
    let kapok = opened.await.map_err(|error| error.to_string())??;

    println!("Kapok: http://{address}");
    if is_demo {
        demo::introduce(&kapok, &mail_folder, &sms_folder);
    } else if !kapok.has_company() {
        println!(
            "Nobody can sign in yet. Stop the server, run\n  kapok user add admin --administrator --data {}\nand start \
             it again.",
            data.display()
        );
    }
    let server = kapok_server::Config {
        base_url,
        demo: is_demo,
        ..kapok_server::Config::default()
    };
    kapok_server::serve(kapok.clone(), server, listener, stop_signal())
        .await
        .map_err(|error| error.to_string())?;
    tracing::info!("stopped");
    // Closing waits for the engine's threads.
    tokio::task::spawn_blocking(move || drop(kapok))
        .await
        .map_err(|error| error.to_string())
}

fn open(
    data: &Path,
    settings: Settings,
    plugins: Vec<PluginSource>,
    outgoing: Outgoing,
    backup: Option<BackupSettings>,
    is_demo: bool,
) -> Result<Kapok, String> {
    let mut builder = Kapok::builder().settings(settings).plugins(plugins).outgoing(outgoing);
    if let Some(backup) = backup {
        builder = builder.backup(backup);
    }
    let opened = builder.open(data);
    let kapok = opened.map_err(|error| format!("{}: {error}", data.display()))?;
    if is_demo {
        demo::fill(&kapok)?;
    }
    Ok(kapok)
}

fn data_folder(options: &Serve, config: &Config) -> PathBuf {
    let usual = if options.demo { demo::FOLDER } else { "kapok-data" };
    options
        .data
        .clone()
        .or_else(|| config.server.data.clone())
        .unwrap_or_else(|| usual.into())
}

fn settings(options: &Serve, config: &Config) -> Settings {
    let usual = Settings::default();
    let shorten = if options.demo { demo::SHORTEN } else { usual.shorten };
    Settings {
        shorten: config.engine.shorten.unwrap_or(shorten).max(1),
        utc_offset_minutes: config.engine.utc_offset_minutes.unwrap_or(usual.utc_offset_minutes),
        retention: Retention {
            cases: config.keep.cases,
            messages: config.keep.messages,
            trash: config.keep.trash,
        },
        ..usual
    }
}

fn plugins(config: &Config) -> Result<Vec<PluginSource>, String> {
    let plugins = match config.plugin_folder() {
        Some(folder) => PluginSource::read_folder(folder).map_err(|error| error.to_string())?,
        None => built_in::plugins(),
    };
    if plugins.is_empty() {
        tracing::warn!("no plugins: run `cargo xtask plugins` and build again, or name a folder in [plugins]");
    }
    Ok(plugins)
}

/// Waits for an interrupt, or for what a service manager sends.
async fn stop_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
