//! Scripts of `tests/outils`: a real SMTP server that keeps what it receives, readers of what we
//! write.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

fn python(script: &str) -> (Command, PathBuf) {
    let racine = Path::new(env!("CARGO_MANIFEST_DIR"));
    let usuel = || racine.join("target/outils/venv/bin/python");
    let python = std::env::var_os("ENTENTE_PYTHON").map_or_else(usuel, PathBuf::from);
    let mut commande = Command::new(&python);
    commande.arg(racine.join("tests/outils").join(script));
    (commande, python)
}

fn absent(python: &Path, quoi: &str) -> String {
    format!(
        "aiosmtpd, icalendar, lxml et scipy sont attendus avec le Python {} ({quoi}) : lancez \
         « make outils », ou donnez dans ENTENTE_PYTHON un Python où « pip install -r \
         tests/outils/requirements.txt » est fait.",
        python.display()
    )
}

/// What a script says of what it is given.
pub fn lit(script: &str, entree: &str) -> Value {
    let (mut commande, python) = python(script);
    commande.stdin(Stdio::piped()).stdout(Stdio::piped());
    let enfant = commande.stderr(Stdio::piped()).spawn();
    let mut enfant = enfant.unwrap_or_else(|e| panic!("{}", absent(&python, &e.to_string())));
    let mut vers = enfant.stdin.take().unwrap();
    let entree = entree.to_owned();
    let ecrit = std::thread::spawn(move || {
        // One that fails says why on its other end.
        let _ = vers.write_all(entree.as_bytes());
    });
    let dit = enfant.wait_with_output().unwrap();
    ecrit.join().unwrap();
    let erreur = String::from_utf8_lossy(&dit.stderr);
    assert!(dit.status.success(), "{}", absent(&python, &erreur));
    serde_json::from_slice(&dit.stdout).unwrap()
}

/// A message, as the server received it and Python read it.
#[derive(Debug, Clone, Deserialize)]
pub struct Recu {
    pub de: String,
    pub a: Vec<String>,
    pub entetes: Vec<(String, String)>,
    pub genre: String,
    /// By media type.
    pub corps: BTreeMap<String, String>,
    pub defauts: Vec<String>,
    pub plus_longue_ligne: usize,
    pub ascii: bool,
}

impl Recu {
    /// The only header of a name.
    pub fn entete(&self, nom: &str) -> &str {
        let mut tous = self.entetes.iter().filter(|(n, _)| n == nom);
        let (_, valeur) = tous.next().unwrap_or_else(|| panic!("{nom} : {self:#?}"));
        assert_eq!(tous.next(), None, "{nom} twice");
        valeur
    }

    pub fn noms(&self) -> Vec<&str> {
        self.entetes.iter().map(|(nom, _)| nom.as_str()).collect()
    }

    pub fn texte(&self) -> &str {
        &self.corps["text/plain"]
    }

    pub fn html(&self) -> &str {
        &self.corps["text/html"]
    }
}

/// A server, until dropped.
pub struct Puits {
    enfant: Child,
    dits: Receiver<Value>,
    pub port: u64,
}

impl Puits {
    pub fn ouvre() -> Self {
        Self::avec(&[])
    }

    pub fn avec(arguments: &[&str]) -> Self {
        let (mut commande, python) = python("puits_smtp.py");
        commande.args(arguments).stdin(Stdio::piped());
        let enfant = commande.stdout(Stdio::piped()).spawn();
        let mut enfant = enfant.unwrap_or_else(|e| panic!("{}", absent(&python, &e.to_string())));
        let sortie = BufReader::new(enfant.stdout.take().unwrap());
        let (vers, dits) = channel();
        std::thread::spawn(move || {
            for ligne in sortie.lines().map_while(Result::ok) {
                // Whoever asked may have gone.
                let _ = vers.send(serde_json::from_str(&ligne).unwrap());
            }
        });
        let premier: Result<Value, _> = dits.recv_timeout(Duration::from_secs(30));
        let premier = premier.unwrap_or_else(|_| panic!("{}", absent(&python, "rien n'est dit")));
        Self {
            enfant,
            dits,
            port: premier["port"].as_u64().unwrap(),
        }
    }

    pub fn smtp(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// What it says next; none in this time.
    pub fn dit(&self, attente: Duration) -> Option<Value> {
        self.dits.recv_timeout(attente).ok()
    }

    /// The messages received up to now.
    pub fn recus(&self) -> Vec<Recu> {
        let dits = std::iter::from_fn(|| self.dit(Duration::from_millis(200)));
        let lus = dits.filter(|dit| dit["destinataire"].is_null());
        lus.map(|dit| serde_json::from_value(dit).unwrap())
            .collect()
    }
}

impl Drop for Puits {
    fn drop(&mut self) {
        let _ = self.enfant.kill();
        let _ = self.enfant.wait();
    }
}
