//! The envelope: each case is a BLOB that is read, with one thing changed.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use countersign_enrolment::chain::ChainFault;
use countersign_enrolment::metadata::{Blob, BlobFault, MdsRoot};
use countersign_protocol::limits::MDS_BLOB_BYTES_MAX;
use rcgen::{ExtendedKeyUsagePurpose, PKCS_ECDSA_P256_SHA256, date_time_ymd};
use serde_json::json;

use crate::publisher::{DAY, HOUSE, Jws, NOW, Publisher, RSA, Reads as _, SIGNER, entry, payload};

/// The house's BLOB, changed like this before it is signed.
fn changed(change: impl FnOnce(&mut Jws<'_>)) -> Result<Blob, BlobFault> {
    let mut blob = HOUSE.blob(&payload(&[entry(1)]));
    change(&mut blob);
    HOUSE.read(&blob.signed(), NOW)
}

/// That of a house whose signer's certificate is changed like this.
fn signed_with(change: impl FnOnce(&mut rcgen::CertificateParams)) -> Result<Blob, BlobFault> {
    Publisher::with(&PKCS_ECDSA_P256_SHA256, change).publish(&payload(&[entry(1)]))
}

fn refused_by_its_chain(read: Result<Blob, BlobFault>) -> webpki::Error {
    match read {
        Err(BlobFault::Chain(ChainFault::Chain(why))) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_blob_is_read_in_each_algorithm() {
    let payload = payload(&[entry(1)]);
    for (publisher, algorithm) in [(&HOUSE, "ES256"), (&RSA, "RS256"), (&RSA, "PS256")] {
        let mut blob = publisher.blob(&payload);
        blob.header["alg"] = json!(algorithm);
        let blob = publisher.read(&blob.signed(), NOW).unwrap();
        assert_eq!((blob.edition().no, blob.legal_header()), (7, "Read it."), "{algorithm}");
        assert_eq!(blob.models().len(), 1);
    }
}

#[test]
fn a_bit_of_any_part_is_not_the_signers() {
    for publisher in [&HOUSE, &RSA] {
        let jws = publisher.blob(&payload(&[entry(1)])).signed();
        let text = String::from_utf8(jws).unwrap();
        let parts: Vec<_> = text.split('.').collect();
        let mut signature = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
        signature[20] ^= 1;
        let other = [parts[0], parts[1], &URL_SAFE_NO_PAD.encode(signature)].join(".");
        assert_eq!(publisher.read(other.as_bytes(), NOW).unwrap_err(), BlobFault::Signature);
        let other = text.replacen(parts[1], &URL_SAFE_NO_PAD.encode("{}"), 1);
        assert_eq!(publisher.read(other.as_bytes(), NOW).unwrap_err(), BlobFault::Signature);
    }
}

#[test]
fn a_signature_of_another_length_is_none() {
    let jws = String::from_utf8(HOUSE.blob(&payload(&[entry(1)])).signed()).unwrap();
    let (signed, signature) = jws.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let longer = [signature.as_slice(), &[0]].concat();
    for other in [&signature[..63], &longer, &[]] {
        let jws = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(other));
        assert_eq!(HOUSE.read(jws.as_bytes(), NOW).unwrap_err(), BlobFault::Signature);
    }
}

#[test]
fn an_algorithm_that_proves_nothing_is_refused() {
    for name in ["none", "HS256", "es256", ""] {
        let fault = changed(|blob| blob.header["alg"] = json!(name)).unwrap_err();
        assert_eq!(fault, BlobFault::Algorithm(name.to_owned()));
    }
    let without = changed(|blob| drop(blob.header.as_object_mut().unwrap().remove("alg")));
    assert!(matches!(without.unwrap_err(), BlobFault::Header(_)));
}

#[test]
fn an_algorithm_must_fit_the_signers_key() {
    for name in ["RS256", "PS256"] {
        let fault = changed(|blob| blob.header["alg"] = json!(name)).unwrap_err();
        assert_eq!(fault, BlobFault::Key(name));
    }
    // Signed as RS256, and of the length of none: what is said is what is verified.
    let mut blob = RSA.blob(&payload(&[]));
    blob.header["alg"] = json!("ES256");
    assert_eq!(RSA.read(&blob.signed(), NOW).unwrap_err(), BlobFault::Signature);
    let mut jws = blob.signed();
    let signature = jws.iter().rposition(|byte| *byte == b'.').unwrap() + 1;
    jws.truncate(signature + 86);
    *jws.last_mut().unwrap() = b'A';
    assert_eq!(RSA.read(&jws, NOW).unwrap_err(), BlobFault::Key("ES256"));
}

#[test]
fn the_signers_certificate_comes_along() {
    let without = changed(|blob| drop(blob.header.as_object_mut().unwrap().remove("x5c")));
    assert_eq!(without.unwrap_err(), BlobFault::Bare);
    assert_eq!(changed(|blob| blob.header["x5c"] = json!([])).unwrap_err(), BlobFault::Bare);
    let odd = changed(|blob| blob.header["x5c"][0] = json!("*")).unwrap_err();
    assert_eq!(odd, BlobFault::Certificate(1));
    let long = STANDARD.encode(vec![0x30; 8193]);
    let long = changed(|blob| blob.header["x5c"].as_array_mut().unwrap().push(json!(long)));
    assert_eq!(long.unwrap_err(), BlobFault::Certificate(2));
    let none = changed(|blob| blob.header["x5c"][0] = json!("MAA=")).unwrap_err();
    assert_eq!(none, BlobFault::Chain(ChainFault::Leaf));
    let address = changed(|blob| blob.header["x5u"] = json!("https://mds.example/x5u"));
    assert_eq!(address.unwrap_err(), BlobFault::Elsewhere);
}

#[test]
fn its_certificates_are_eight_at_most() {
    let pad = |count: usize| {
        changed(move |blob| {
            let certificate = blob.header["x5c"][0].clone();
            blob.header["x5c"] = json!(vec![certificate; count]);
        })
    };
    assert!(pad(8).is_ok());
    let BlobFault::Header(why) = pad(9).unwrap_err() else { panic!() };
    assert!(why.contains("a list of 8 at most"), "{why}");
}

#[test]
fn nothing_in_the_header_is_critical() {
    let fault = changed(|blob| blob.header["crit"] = json!(["b64"])).unwrap_err();
    assert_eq!(fault, BlobFault::Critical);
    let passed_over = changed(|blob| blob.header["kid"] = json!("1"));
    assert!(passed_over.is_ok());
}

#[test]
fn a_root_that_comes_along_is_no_anchor() {
    let foreign = Publisher::with(&PKCS_ECDSA_P256_SHA256, |_| {});
    let mut blob = foreign.blob(&payload(&[entry(1)]));
    let not_ours = webpki::Error::InvalidSignatureForPublicKey;
    let fault = refused_by_its_chain(HOUSE.read(&blob.signed(), NOW));
    assert_eq!(fault, not_ours, "a foreign root, of the same name as ours");
    blob.header["x5c"].as_array_mut().unwrap().push(json!(STANDARD.encode(&foreign.root)));
    let fault = refused_by_its_chain(HOUSE.read(&blob.signed(), NOW));
    assert_eq!(fault, not_ours, "a foreign root in the BLOB");
    assert!(foreign.read(&blob.signed(), NOW).is_ok(), "its own readers do not mind it");
    let none: MdsRoot<'_, Vec<u8>> = MdsRoot { anchors: &[], signer: SIGNER };
    let fault = refused_by_its_chain(Blob::read(&blob.signed(), &none, NOW));
    assert_eq!(fault, webpki::Error::UnknownIssuer, "no root is pinned");
}

#[test]
fn a_key_that_comes_along_is_passed_over() {
    let foreign = Publisher::with(&PKCS_ECDSA_P256_SHA256, |_| {});
    let mut blob = foreign.blob(&payload(&[entry(1)]));
    blob.header["x5c"] = json!([STANDARD.encode(&HOUSE.certificate)]);
    assert_eq!(HOUSE.read(&blob.signed(), NOW).unwrap_err(), BlobFault::Signature);
}

#[test]
fn a_signer_signs_within_its_time() {
    assert!(signed_with(|_| {}).is_ok());
    let expired = signed_with(|signer| signer.not_after = date_time_ymd(2026, 10, 15));
    let why = refused_by_its_chain(expired);
    assert!(matches!(why, webpki::Error::CertExpired { .. }), "{why:?}");
    let early = signed_with(|signer| signer.not_before = date_time_ymd(2026, 10, 16));
    let why = refused_by_its_chain(early);
    assert!(matches!(why, webpki::Error::CertNotValidYet { .. }), "{why:?}");
    let jws = HOUSE.blob(&payload(&[entry(1)])).signed();
    assert!(HOUSE.read(&jws, NOW + 30 * DAY).is_ok());
    refused_by_its_chain(HOUSE.read(&jws, NOW + 200 * DAY)).to_string();
}

#[test]
fn another_certificate_of_the_same_root_is_not_the_signers() {
    let names = || rcgen::CertificateParams::new(vec!["shop.example".to_owned()]).unwrap();
    let other = signed_with(|signer| signer.subject_alt_names = names().subject_alt_names);
    assert_eq!(other.unwrap_err(), BlobFault::Signer(SIGNER.to_owned()));
    let purpose = vec![ExtendedKeyUsagePurpose::CodeSigning];
    let why = refused_by_its_chain(signed_with(|signer| signer.extended_key_usages = purpose));
    assert!(matches!(why, webpki::Error::RequiredEkuNotFoundContext(_)), "{why:?}");
    assert!(signed_with(|signer| signer.extended_key_usages = Vec::new()).is_ok());
}

#[test]
fn a_jws_has_three_parts_of_base64url() {
    let jws = String::from_utf8(HOUSE.blob(&payload(&[entry(1)])).signed()).unwrap();
    let read = |text: &str| HOUSE.read(text.as_bytes(), NOW).unwrap_err();
    assert_eq!(read(&(jws.clone() + ".")), BlobFault::Parts);
    assert_eq!(read(&jws.replacen('.', "", 1)), BlobFault::Parts);
    assert_eq!(read(""), BlobFault::Parts);
    assert_eq!(read(&(jws.clone() + "\n")), BlobFault::Encoding("signature"));
    assert_eq!(read(&jws.replacen('.', "=.", 1)), BlobFault::Encoding("header"));
    assert_eq!(read(&jws.replacen('.', ".+", 1)), BlobFault::Encoding("payload"));
    let header = read(&(URL_SAFE_NO_PAD.encode("[") + &jws[jws.find('.').unwrap()..]));
    assert!(matches!(header, BlobFault::Header(_)), "{header:?}");
}

#[test]
fn a_blob_past_its_limit_is_not_read() {
    let mut jws = HOUSE.blob(&payload(&[entry(1)])).signed();
    jws.resize(MDS_BLOB_BYTES_MAX, b'A');
    assert_ne!(HOUSE.read(&jws, NOW).unwrap_err(), BlobFault::Long, "it was looked at");
    jws.push(b'A');
    assert_eq!(HOUSE.read(&jws, NOW).unwrap_err(), BlobFault::Long);
}
