//! The attestation object and the members of its statement: each limit and each rule, broken alone.

mod registered;

use countersign_authority::{Authority, Format, bytes, int, map};
use countersign_enrolment::Fault;
use countersign_enrolment::attestation::AttestationObject;
use registered::{fault, register, verified};

#[test]
fn members_are_read_in_any_order() {
    let registration = register(&Authority::new(), Format::Packed, |draft| {
        draft.object = Box::new(|members| members.reverse());
        draft.statement = Box::new(|members| members.reverse());
    });
    assert!(verified(&registration).is_ok());
}

#[test]
fn an_object_past_the_limit_is_not_read() {
    let long = |draft: &mut countersign_authority::Draft| {
        draft.object = Box::new(|members| members[2].1 = bytes(&[0; 16 * 1024]));
    };
    assert_eq!(fault(Format::None, long), Some(Fault::ObjectTooLong));
}

#[test]
fn an_object_has_three_members_once_each_and_nothing_after() {
    let malformed = Some(Fault::ObjectMalformed);
    let without = fault(Format::None, |draft| draft.object = Box::new(|m| drop(m.remove(0))));
    assert_eq!(without, malformed);
    let twice = fault(Format::None, |draft| draft.object = Box::new(|m| m[1] = m[0].clone()));
    assert_eq!(twice, malformed);
    let more = fault(Format::None, |draft| draft.object = Box::new(|m| m.push(("ep", int(1)))));
    assert_eq!(more, malformed);
    let other_type = fault(Format::None, |draft| draft.object = Box::new(|m| m[2].1 = int(1)));
    assert_eq!(other_type, malformed);
    let mut trailing = register(&Authority::new(), Format::None, |_| ());
    trailing.attestation_object.push(0);
    assert_eq!(verified(&trailing).err(), malformed);
}

#[test]
fn an_object_of_indefinite_length_is_not_read() {
    let mut object = register(&Authority::new(), Format::None, |_| ()).attestation_object;
    object[0] = 0xbf;
    object.push(0xff);
    assert_eq!(AttestationObject::read(&object).err(), Some(Fault::ObjectMalformed));
}

#[test]
fn every_beginning_of_an_object_is_malformed() {
    let object = register(&Authority::new(), Format::Packed, |_| ()).attestation_object;
    for end in 0..object.len() {
        assert_eq!(AttestationObject::read(&object[..end]).err(), Some(Fault::ObjectMalformed));
    }
}

#[test]
fn formats_are_compared_as_written_and_safetynet_is_none_of_them() {
    for fmt in ["Packed", "android-safetynet", "", "packed "] {
        let found = fault(Format::Packed, |draft| draft.fmt = fmt);
        assert_eq!(found, Some(Fault::FormatUnknown), "{fmt}");
    }
}

#[test]
fn a_statement_is_a_map_of_its_types() {
    let malformed = Some(Fault::StatementMalformed);
    let other = fault(Format::Packed, |draft| draft.statement = Box::new(|m| m[1].1 = int(1)));
    assert_eq!(other, malformed);
    let twice = fault(Format::Packed, |draft| {
        draft.statement = Box::new(|m| m.push(m[0].clone()));
    });
    assert_eq!(twice, malformed);
    let no_map = fault(Format::None, |draft| draft.object = Box::new(|m| m[1].1 = int(1)));
    assert_eq!(no_map, malformed);
    let indefinite = fault(Format::None, |draft| {
        draft.object = Box::new(|m| m[1].1 = vec![0xbf, 0xff]);
    });
    assert_eq!(indefinite, malformed);
}

#[test]
fn a_statement_has_the_members_of_its_format_and_no_other_one() {
    let more = |draft: &mut countersign_authority::Draft| {
        draft.statement = Box::new(|m| m.push(("ecdaaKeyId", bytes(&[1]))));
    };
    for format in [Format::Packed, Format::SelfMade, Format::None] {
        assert_eq!(fault(format, more), Some(Fault::StatementMemberUnknown), "{format:?}");
    }
    for index in [0, 1] {
        for format in [Format::Packed, Format::SelfMade] {
            let less = fault(format, |draft| {
                draft.statement = Box::new(move |m| drop(m.remove(index)));
            });
            assert_eq!(less, Some(Fault::StatementMemberMissing), "{format:?} {index}");
        }
    }
}

#[test]
fn x5c_has_a_certificate_and_not_too_many() {
    let none = fault(Format::Packed, |draft| draft.x5c = Box::new(Vec::clear));
    assert_eq!(none, Some(Fault::CertificatesNone));
    let others = Authority::new().intermediate();
    let of = |certificates| {
        let other = others.clone();
        register(&Authority::new(), Format::Packed, move |draft| {
            draft.x5c = Box::new(move |x5c| x5c.resize(certificates, other));
        })
    };
    assert!(verified(&of(8)).is_ok());
    assert_eq!(verified(&of(9)).err(), Some(Fault::CertificatesTooMany));
}

#[test]
fn x5c_has_certificates_and_nothing_more() {
    let trailing = fault(Format::Packed, |draft| draft.x5c = Box::new(|x5c| x5c[0].push(0)));
    assert_eq!(trailing, Some(Fault::CertificateMalformed));
    for none in [vec![0x30, 0], Vec::new()] {
        let another = fault(Format::Packed, |draft| {
            draft.x5c = Box::new(|x5c| x5c.push(none));
        });
        assert_eq!(another, Some(Fault::CertificateMalformed));
    }
}

#[test]
fn the_empty_map_is_the_statement_of_none() {
    let none = register(&Authority::new(), Format::None, |_| ());
    let at = none.attestation_object.windows(7).position(|w| w == b"attStmt").unwrap();
    assert_eq!(none.attestation_object[at + 7..at + 8], map(&Vec::new()));
}
