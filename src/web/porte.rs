//! The door: so many connections at once, and whoever takes too long to say what it asks is let go.

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tower::{ServiceExt as _, service_fn};

/// What a server bears of its clients.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// The time that a client has to send the whole head of a request, or to ask for another one.
    pub entetes: Duration,
    /// Connections at once; the next ones wait until one of these ends.
    pub liens: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            // More than the minute for which proxies usually keep a connection: they close first.
            entetes: Duration::from_secs(75),
            // Under the 1,024 files that a process may usually open: the database keeps its own.
            liens: 768,
        }
    }
}

/// Serves until told to stop, then ends what has begun.
pub async fn sert(
    mut porte: TcpListener,
    routeur: Router,
    patience: Patience,
    mut arrete: watch::Receiver<bool>,
) {
    let mut http = Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(patience.entetes);
    let places = Arc::new(Semaphore::new(patience.liens));
    let fin = GracefulShutdown::new();
    loop {
        let arrivee = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, Listener::accept(&mut porte).await)
        };
        let (place, (lien, pair)) = tokio::select! {
            arrivee = arrivee => arrivee,
            // The other end lives as long as the server: it only ever says to stop.
            _ = arrete.wait_for(|fini| *fini) => break,
        };
        let routeur = routeur.clone();
        let service = service_fn(move |mut requete: Request<Incoming>| {
            requete.extensions_mut().insert(ConnectInfo(pair));
            routeur.clone().oneshot(requete)
        });
        let service = TowerToHyperService::new(service);
        let lien = fin.watch(http.serve_connection(TokioIo::new(lien), service));
        tokio::spawn(async move {
            // A client that leaves, or that is let go, has nobody left to tell.
            let _ = lien.await;
            drop(place);
        });
    }
    drop(porte);
    fin.shutdown().await;
}
