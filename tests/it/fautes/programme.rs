//! The program as a process: fed by a pipe, watched, killed.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

pub struct Programme {
    enfant: Child,
    entree: Option<ChildStdin>,
    sortie: BufReader<ChildStdout>,
}

pub fn commande(adresse: &str) -> Command {
    let mut commande = Command::new(env!("CARGO_BIN_EXE_entente"));
    commande.args(["agir", "--database", adresse]);
    commande
}

impl Programme {
    /// `faute`: where it stops dead, `point:n`.
    pub fn agir(adresse: &str, faute: Option<&str>) -> Self {
        let mut commande = commande(adresse);
        if let Some(faute) = faute {
            commande.env("ENTENTE_FAUTE", faute);
        }
        Self::lance(commande)
    }

    pub fn lance(mut commande: Command) -> Self {
        commande.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut enfant = commande.stderr(Stdio::null()).spawn().unwrap();
        let sortie = BufReader::new(enfant.stdout.take().unwrap());
        Self {
            entree: enfant.stdin.take(),
            enfant,
            sortie,
        }
    }

    pub fn pid(&self) -> u32 {
        self.enfant.id()
    }

    /// Its input, for a thread that feeds it.
    pub fn entree(&mut self) -> ChildStdin {
        self.entree.take().unwrap()
    }

    /// Sends a line; false when it is gone.
    pub fn envoie(&mut self, ligne: &[u8]) -> bool {
        let entree = self.entree.as_mut().unwrap();
        let envoi = entree.write_all(ligne);
        let envoi = envoi.and_then(|()| entree.write_all(b"\n"));
        envoi.and_then(|()| entree.flush()).is_ok()
    }

    /// The next whole answer; none: it ended.
    pub fn reponse(&mut self) -> Option<String> {
        let mut ligne = String::new();
        let lue = self.sortie.read_line(&mut ligne);
        let entiere = lue.is_ok() && ligne.ends_with('\n');
        entiere.then(|| ligne.trim_end().to_owned())
    }

    pub fn demande(&mut self, ligne: &str) -> Option<String> {
        self.envoie(ligne.as_bytes());
        self.reponse()
    }

    /// The same, from one that nobody stops.
    pub fn repond(&mut self, ligne: &str) -> String {
        self.demande(ligne).unwrap_or_else(|| {
            drop(self.entree.take());
            panic!("il s'est arrêté seul : {:?}", self.enfant.wait())
        })
    }

    pub fn tue(&mut self) {
        self.enfant.kill().unwrap();
        self.enfant.wait().unwrap();
    }

    /// Closes its input and waits for its end.
    pub fn finit(mut self) -> ExitStatus {
        drop(self.entree.take());
        self.enfant.wait().unwrap()
    }

    /// Whether it was stopped by abort.
    pub fn avorte(mut self) -> bool {
        const SIGABRT: i32 = 6;
        drop(self.entree.take());
        self.enfant.wait().unwrap().signal() == Some(SIGABRT)
    }
}

impl Drop for Programme {
    fn drop(&mut self) {
        let _ = self.enfant.kill();
        let _ = self.enfant.wait();
    }
}
