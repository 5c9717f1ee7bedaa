//! The program itself, serving the story from a file, with keys: what `docs/api.md` says is done
//! against it.

use crate::bases::{atelier, dossier};
use chrono::{TimeDelta, Utc};
use entente::app::comptes::{Comptes, Identifiants, NouvelleCle};
use entente::app::demo::{self, Enregistree, Porte as _};
use entente::app::execute::Entente;
use entente::store::{Adresse, Base};
use std::io::{BufRead as _, BufReader};
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tokio::runtime::Runtime;

/// The program, until dropped.
pub struct Serveur {
    enfant: Child,
    fichier: Adresse,
    pub url: String,
    /// A key of each.
    pub cles: Vec<(&'static str, String)>,
}

/// Who signs for the operator, for the ARS, for the Département; who sees one establishment.
const GENS: [&str; 4] = ["helene", "marc", "nadia", "paule"];

impl Serveur {
    pub fn ouvre() -> Self {
        let ici = dossier("api-serveur");
        let runtime = Runtime::new().unwrap();
        let fichier = Adresse::Fichier(ici.join("entente.db"));
        let base = runtime.block_on(Base::ouvrir(&fichier)).unwrap();
        let entente = Entente::nouvelle(base, atelier());
        let histoire = demo::lire(demo::RIVES_CLAIRES).unwrap_or_else(|p| panic!("{p:?}"));
        let mut porte = Enregistree::new(&entente, super::CONTRAT, runtime.handle().clone());
        demo::jouer(&mut porte, atelier(), &histoire).unwrap();
        let comptes = entente.comptes(crate::pages::gens::politique());
        let cles = runtime.block_on(async {
            let inscrits = demo::inscrire(&comptes, &histoire, porte.contrat(), Utc::now());
            let inscrits = inscrits.await.unwrap();
            let mut cles = Vec::new();
            for qui in GENS {
                let sienne = |i: &&demo::Inscrite| i.courriel.starts_with(&format!("{qui}@"));
                let inscrite = inscrits.iter().find(sienne).unwrap();
                cles.push((qui, cle(&comptes, &inscrite.courriel).await));
            }
            entente.fermer().await;
            cles
        });
        let (enfant, url) = lance(&ici);
        Self {
            enfant,
            fichier,
            url,
            cles,
        }
    }

    /// How many lines the contract holds.
    pub fn lignes(&self) -> u64 {
        Runtime::new().unwrap().block_on(async {
            let base = Base::ouvrir(&self.fichier).await.unwrap();
            let entente = Entente::nouvelle(base, atelier());
            let lue = entente.lire(super::CONTRAT).await.unwrap();
            lue.unwrap().tete.ordre
        })
    }
}

/// A key of all that someone may do.
async fn cle(comptes: &Comptes, courriel: &str) -> String {
    let identifiants = Identifiants {
        courriel,
        mot_de_passe: demo::MOT_DE_PASSE,
        adresse: IpAddr::V4(Ipv4Addr::LOCALHOST),
        agent: "essai",
        appareil: None,
        ancienne: None,
    };
    let maintenant = Utc::now();
    let (session, connecte) = comptes.connecter(&identifiants, maintenant).await.unwrap();
    let droit = connecte.droits.iter().max_by_key(|d| d.fonction).unwrap();
    let au = maintenant.date_naive() + TimeDelta::days(30);
    let (session, organisation) = (session.as_str(), &droit.organisation.id);
    let id = uuid::Uuid::now_v7().to_string();
    let cle = NouvelleCle {
        id: &id,
        organisation,
        nom: "SI",
        fonction: droit.fonction,
        au,
    };
    let creee = comptes.creer_cle(session, &cle, maintenant);
    creee.await.unwrap().0.as_str().to_owned()
}

fn lance(ici: &Path) -> (Child, String) {
    let mut programme = Command::new(env!("CARGO_BIN_EXE_entente"));
    // Variables of the tests are none that the program knows.
    for (nom, _) in std::env::vars().filter(|(nom, _)| nom.starts_with("ENTENTE_")) {
        programme.env_remove(nom);
    }
    let mut enfant = programme
        .args([
            "serve",
            "--database",
            "sqlite:entente.db",
            "--listen",
            "127.0.0.1:0",
        ])
        .current_dir(ici)
        .env("ENTENTE_LOG", "warn,entente=info")
        // More is asked of it than any person would.
        .env("ENTENTE_LIMITES_PROGRAMMES", "0")
        .env("ENTENTE_LIMITES_EXPORTS", "0")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut dit = BufReader::new(enfant.stderr.take().unwrap());
    let mut ligne = String::new();
    let url = loop {
        ligne.clear();
        assert_ne!(dit.read_line(&mut ligne).unwrap(), 0, "no address");
        let lue: serde_json::Value = serde_json::from_str(&ligne).expect(&ligne);
        if let Some(adresse) = lue["fields"]["adresse"].as_str() {
            break format!("http://{adresse}");
        }
    };
    // A log that nobody reads ends by stopping whoever writes it.
    std::thread::spawn(move || std::io::copy(&mut dit, &mut std::io::stderr()));
    (enfant, url)
}

impl Drop for Serveur {
    fn drop(&mut self) {
        let _ = self.enfant.kill();
        let _ = self.enfant.wait();
    }
}

#[test]
fn what_the_page_of_the_interface_says_to_do_works() {
    // given the commands of the page, in order
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/api.md");
    let page = std::fs::read_to_string(page).unwrap();
    let blocs = page.split("```sh\n").skip(1);
    let blocs: Vec<&str> = blocs.filter_map(|b| b.split("```").next()).collect();
    assert!(blocs.len() >= 5, "{blocs:?}");
    let serveur = Serveur::ouvre();
    let (_, cle) = &serveur.cles[1];
    for bloc in blocs {
        // when each is run, then it succeeds: curl fails on a refusal
        let fait = Command::new("bash")
            .args(["-euo", "pipefail", "-c", bloc])
            .env("ENTENTE", &serveur.url)
            .env("CLE", cle)
            .output()
            .expect("bash et curl sont attendus : apt-get install bash curl");
        let dit = String::from_utf8_lossy(&fait.stderr);
        assert!(
            fait.status.success() && !fait.stdout.is_empty(),
            "{bloc}\n{dit}"
        );
    }
}
