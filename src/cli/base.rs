//! The database that a command works on.

use crate::app::execute::Entente;
use crate::app::ouvrir::{Absente, ouvrir};
use std::future::Future;
use tokio::runtime::{Builder, Runtime};

/// `--database`, everywhere a database is meant.
#[derive(clap::Args)]
pub struct Database {
    /// Base de données : sqlite:CHEMIN ou postgres://… (par défaut sqlite:data/entente.db)
    #[arg(
        long,
        env = "ENTENTE_DATABASE",
        default_value = "sqlite:data/entente.db",
        value_name = "URL"
    )]
    pub database: String,
}

impl Database {
    /// Opens it, does something with it, closes it.
    pub fn avec<T, F>(
        &self,
        absente: Absente,
        faire: impl FnOnce(Entente) -> F,
    ) -> Result<T, String>
    where
        F: Future<Output = Result<T, String>>,
    {
        runtime()?.block_on(async {
            let entente = ouvrir(&self.database, absente).await?;
            let fait = faire(entente.clone()).await;
            entente.fermer().await;
            fait
        })
    }
}

pub fn runtime() -> Result<Runtime, String> {
    let runtime = Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|e| format!("Le programme ne peut pas démarrer ({e})."))
}
